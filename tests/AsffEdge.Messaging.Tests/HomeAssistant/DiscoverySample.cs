using AsffEdge.Messaging.HomeAssistant;

namespace AsffEdge.Messaging.Tests.HomeAssistant;

/// <summary>An agent to announce.</summary>
internal static class DiscoverySample
{
    public static readonly Topics Topics = new(Topics.DefaultRoot);
    public static readonly string[] Profiles = ["fast", "balanced", "auto"];
    public static readonly IReadOnlyList<ClassTopic> Classes = ClassTopic.Of([
        "person",
        "Traffic light",
    ]);

    public static AgentDiscovery Discovery(InfoMessage agent, IReadOnlyList<ClassTopic> classes) =>
        new(Topics, agent, Profiles, classes, hasOutbox: true, hasSnapshots: true);

    public static InfoMessage Agent(params string[] cameras) =>
        new()
        {
            Agent = "gate-07",
            Name = "Gate \"7\" – süd",
            Boot = "84c0bf",
            Started = DateTime.UnixEpoch,
            Version = "0.1.0",
            Os = "Debian",
            Provider = "cpu",
            Cameras = [.. cameras.Select(id => new CameraInfo(id, null, true))],
            Profiles = new Dictionary<string, ProfileInfo>(),
            Models = [new ModelInfo("pedestrian", "1.0.0", new string('0', 64))],
        };
}

using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using AsffEdge.Messaging;
using AsffEdge.Tests.Brokers;

namespace AsffEdge.Fleet.Tests;

/// <summary>What agents publish, for tests.</summary>
internal static class FleetMessages
{
    public static readonly Topics Topics = new(Topics.DefaultRoot);

    public static readonly DateTime Now = new(2026, 11, 23, 5, 0, 0, DateTimeKind.Utc);

    public static StatusMessage Status(AgentState state = AgentState.Online) =>
        new(state, "9b1f6c", Now);

    public static InfoMessage Info(string agent, params string[] groups) =>
        new()
        {
            Agent = agent,
            Boot = "9b1f6c",
            Started = Now,
            Version = "0.1.0",
            Os = "Debian GNU/Linux 12 (bookworm) X64",
            Provider = "cpu",
            Cameras =
            [
                new CameraInfo("dock-1", "Dock 1", true),
                new CameraInfo("yard", null, true),
            ],
            Profiles = new Dictionary<string, ProfileInfo>
            {
                ["fast"] = new(320, 0.4, 0.6, null),
                ["balanced"] = new(416, 0.4, 0.6, null),
            },
            Models = [new ModelInfo("pedestrian", "1.0.0", "3a42")],
            Groups = groups.Length > 0 ? groups : null,
        };

    public static ReportedDocument Reported(
        string profile = "balanced",
        long? rev = null,
        ReportedState state = ReportedState.Applied,
        ResultCode code = ResultCode.Ok
    ) =>
        new()
        {
            RevSeen = rev,
            RevApplied = rev,
            Source = rev is null ? "local" : "agent",
            State = state,
            Code = code,
            Cameras = new Dictionary<string, ReportedCamera>
            {
                ["dock-1"] = Camera(profile),
                ["yard"] = Camera(profile),
            },
            LastGood = rev,
        };

    public static Task PublishAsync<T>(
        this Observer observer,
        string topic,
        T payload,
        JsonTypeInfo<T> type
    ) =>
        observer.PublishAsync(
            topic,
            JsonSerializer.SerializeToUtf8Bytes(payload, type),
            retain: true
        );

    /// <summary>Publishes all that an agent retains.</summary>
    public static async Task PublishAgentAsync(
        this Observer observer,
        string agent,
        AgentState state = AgentState.Online,
        ReportedDocument? reported = null,
        params string[] groups
    )
    {
        MessageJson json = MessageJson.Wire;
        await observer.PublishAsync(Topics.Status(agent), Status(state), json.StatusMessage);
        await observer.PublishAsync(Topics.Info(agent), Info(agent, groups), json.InfoMessage);
        await observer.PublishAsync(
            Topics.Reported(agent),
            reported ?? Reported(),
            json.ReportedDocument
        );
        await observer.PublishAsync(
            Topics.CameraStatus(agent, "dock-1"),
            new CameraStatusMessage("online", null, null, Now),
            json.CameraStatusMessage
        );
    }

    private static ReportedCamera Camera(string profile) =>
        new(profile, profile == "fast" ? 320 : 416, 61.2, 4.9, Now);
}

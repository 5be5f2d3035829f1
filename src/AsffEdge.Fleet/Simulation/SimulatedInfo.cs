using System.Reflection;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using AsffEdge.Control.Broker;
using AsffEdge.Control.Profiles;
using AsffEdge.Messaging;

namespace AsffEdge.Fleet.Simulation;

/// <summary>What a simulated agent tells about itself.</summary>
internal static class SimulatedInfo
{
    private const string ModelName = "simulated";

    private static readonly string Version = typeof(SimulatedInfo)
        .Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!
        .InformationalVersion.Split('+')[0];

    private static readonly ModelInfo[] Models =
    [
        new(
            ModelName,
            Version,
            Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(ModelName)))
        ),
    ];

    /// <summary>The info message of the agent <paramref name="plan"/>.</summary>
    public static InfoMessage Of(AgentPlan plan, ProfileBook book, BootId boot) =>
        new()
        {
            Agent = plan.Id,
            Boot = boot.Value,
            Started = boot.Started,
            Version = Version,
            Os = $"{RuntimeInformation.OSDescription} {RuntimeInformation.OSArchitecture}",
            Provider = "cpu",
            Cameras = [.. book.Cameras.Select(camera => new CameraInfo(camera, null, true))],
            Profiles = book.Profiles.ToDictionary(
                entry => entry.Key,
                entry => new ProfileInfo(
                    entry.Value.Size,
                    Math.Round(entry.Value.ScoreThreshold, 4),
                    Math.Round(entry.Value.NmsThreshold, 4),
                    entry.Value.MaxFps
                ),
                StringComparer.Ordinal
            ),
            Models = Models,
            Groups = plan.Groups.Count > 0 ? plan.Groups : null,
        };
}

using System.Reflection;
using System.Runtime.InteropServices;
using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Profiles;
using AsffEdge.Control.Broker;
using AsffEdge.Control.Profiles;
using AsffEdge.Detection;
using AsffEdge.Messaging;

namespace AsffEdge.Agent.Publishing;

/// <summary>What the agent tells about itself.</summary>
internal static class AgentInfo
{
    /// <summary>Version of the agent, without the build's commit.</summary>
    public static string Version { get; } =
        typeof(AgentInfo)
            .Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!
            .InformationalVersion.Split('+')[0];

    /// <summary>The info message.</summary>
    public static InfoMessage Describe(
        AgentConfiguration configuration,
        ProfileBook book,
        Detector detector,
        BootId boot
    ) =>
        new()
        {
            Agent = configuration.Agent.Id,
            Name = configuration.Agent.Name,
            Boot = boot.Value,
            Started = boot.Started,
            Version = Version,
            Os = $"{RuntimeInformation.OSDescription} {RuntimeInformation.OSArchitecture}",
            Provider = detector.Provider,
            Cameras =
            [
                .. configuration.Cameras.Select(camera => new CameraInfo(
                    camera.Id,
                    camera.Name,
                    camera.Enabled
                )),
            ],
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
            Models =
            [
                new ModelInfo(detector.Manifest.Name, detector.Manifest.Version, detector.Sha256),
            ],
            Groups = configuration.Agent.Groups.Count > 0 ? configuration.Agent.Groups : null,
        };
}

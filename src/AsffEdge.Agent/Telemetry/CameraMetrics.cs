using System.Diagnostics.Metrics;
using AsffEdge.Agent.Cameras;
using AsffEdge.Agent.Pipeline;
using AsffEdge.Agent.Publishing;
using AsffEdge.Control.Profiles;

namespace AsffEdge.Agent.Telemetry;

/// <summary>What is told of every camera.</summary>
internal static class CameraMetrics
{
    /// <summary>The label of profiles that only a document brought: how many there will be, nobody knows.</summary>
    private const string OtherProfile = "other";

    private static readonly string[] States =
    [
        .. Enum.GetValues<CameraState>().Select(CameraStatusPublisher.NameOf),
    ];

    /// <summary>Adds them.</summary>
    /// <param name="meter">The meter.</param>
    /// <param name="cameras">The cameras, in the order of the configuration.</param>
    /// <param name="selection">What they run.</param>
    /// <param name="profiles">The profiles of the configuration.</param>
    public static void AddTo(
        AgentMeter meter,
        IReadOnlyList<CameraStatistics> cameras,
        ProfileSelection selection,
        IReadOnlyCollection<string> profiles
    )
    {
        Count("frames.decoded", "{frame}", "Frames decoded", camera => camera.Decoded);
        Count("frames.inferred", "{frame}", "Frames inferred", camera => camera.Inferred);
        Count(
            "frames.skipped",
            "{frame}",
            "Frames not inferred because a newer one had come",
            camera => camera.Skipped
        );
        Count(
            "frames.damaged",
            "{frame}",
            "Frames that may be damaged",
            camera => camera.DamagedFrames
        );
        Count(
            "decode_errors",
            "{error}",
            "Complaints of the decoder",
            camera => camera.DecodeErrors
        );
        Count(
            "inference_failures",
            "{frame}",
            "Frames whose inference failed",
            camera => camera.InferenceFailures
        );
        Count(
            "reconnects",
            "{connection}",
            "Connections after the first",
            camera => camera.Reconnects
        );
        meter.Counter(
            "asff_edge.camera.failures",
            "{connection}",
            "Connections that ended or could not be made, by the reason codes of the camera's status",
            () =>
                cameras.SelectMany(camera =>
                    camera.Failures.Select(failure => new Measurement<long>(
                        failure.Count,
                        AgentMeter.Camera(camera.Id),
                        new("reason", failure.Reason)
                    ))
                )
        );
        meter.Gauge(
            "asff_edge.camera.state",
            null,
            "1 for the state that the camera is in",
            () =>
                cameras.SelectMany(camera =>
                    AgentMeter.OneOf(
                        "state",
                        States,
                        CameraStatusPublisher.NameOf(camera.Status.State),
                        AgentMeter.Camera(camera.Id)
                    )
                )
        );
        string[] labels = [.. profiles.Append(OtherProfile)];
        meter.Gauge(
            "asff_edge.camera.profile",
            null,
            "1 for the profile that the camera runs",
            () =>
                OfProfiles(
                    (camera, profile) =>
                        AgentMeter.OneOf(
                            "profile",
                            labels,
                            profiles.Contains(profile.Name) ? profile.Name : OtherProfile,
                            AgentMeter.Camera(camera)
                        )
                )
        );
        meter.Gauge(
            "asff_edge.camera.input_size",
            "pixels",
            "Side of the network input that the camera's frames are inferred at",
            () =>
                OfProfiles(
                    (camera, profile) =>
                        [new Measurement<double>(profile.Size, AgentMeter.Camera(camera))]
                )
        );

        void Count(string name, string unit, string what, Func<CameraStatistics, long> read) =>
            meter.Counter(
                $"asff_edge.camera.{name}",
                unit,
                what,
                () =>
                    cameras.Select(camera => new Measurement<long>(
                        read(camera),
                        AgentMeter.Camera(camera.Id)
                    ))
            );

        IEnumerable<Measurement<double>> OfProfiles(
            Func<string, Profile, IEnumerable<Measurement<double>>> read
        ) =>
            cameras
                .Zip(selection.Current.Profiles)
                .SelectMany(pair => read(pair.First.Id, pair.Second));
    }
}

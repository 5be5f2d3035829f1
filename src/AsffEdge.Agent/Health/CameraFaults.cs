using AsffEdge.Agent.Cameras;
using AsffEdge.Agent.Pipeline;
using AsffEdge.Messaging;

namespace AsffEdge.Agent.Health;

/// <summary>What is wrong with cameras, by what they say of themselves.</summary>
internal static class CameraFaults
{
    /// <summary>One of them for each camera at most.</summary>
    public static IEnumerable<Degradation> Of(IEnumerable<CameraStatistics> cameras) =>
        cameras
            .Where(camera => !camera.HasEnded)
            .Select(camera => (camera.Id, camera.Status))
            .SelectMany(camera =>
                CodeOf(camera.Status) is { } code
                    ? [new Degradation(code, Describe(camera.Id, camera.Status), camera.Id)]
                    : (Degradation[])[]
            );

    /// <summary>The code of a camera's status; null where nothing is wrong.</summary>
    internal static HealthCode? CodeOf(CameraStatus status) =>
        (status.State, status.Reason) switch
        {
            (CameraState.Offline, _) => HealthCode.CameraOffline,
            (CameraState.Error, _) => HealthCode.CameraError,
            (_, CameraReason.Frozen) => HealthCode.CameraFrozen,
            (_, CameraReason.Late) => HealthCode.CameraLate,
            (CameraState.Stalled, _) => HealthCode.CameraStalled,
            (CameraState.Online, CameraReason.Damaged) => HealthCode.CameraDamaged,
            _ => null,
        };

    private static string Describe(string id, CameraStatus status) =>
        $"'{id}': {status.Detail ?? status.Reason ?? "no picture"}";
}

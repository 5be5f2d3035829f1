using System.Text.Json;
using AsffEdge.Agent.Cameras;
using AsffEdge.Agent.Configuration;
using AsffEdge.Control.Broker;
using AsffEdge.Messaging;

namespace AsffEdge.Agent.Publishing;

/// <summary>Publishes every change of a camera's state.</summary>
public sealed class CameraStatusPublisher(
    AgentConfiguration configuration,
    Topics topics,
    RetainedBoard board
) : ICameraStatusSink
{
    /// <summary>The state as the contract writes it.</summary>
    public static string NameOf(CameraState state) =>
        state switch
        {
            CameraState.Connecting => "connecting",
            CameraState.Online => "online",
            CameraState.Stalled => "stalled",
            CameraState.Offline => "offline",
            CameraState.Disabled => "disabled",
            CameraState.Error => "error",
            _ => throw new ArgumentOutOfRangeException(
                nameof(state),
                state,
                "no state of the contract"
            ),
        };

    /// <inheritdoc/>
    public void OnStatus(int cameraIndex, string cameraId, CameraStatus status)
    {
        CameraStatusMessage message = new(
            NameOf(status.State),
            status.Reason,
            status.Detail,
            status.SinceUtc
        );
        board.Set(
            topics.CameraStatus(configuration.Agent.Id, cameraId),
            JsonSerializer.SerializeToUtf8Bytes(message, MessageJson.Wire.CameraStatusMessage)
        );
    }
}

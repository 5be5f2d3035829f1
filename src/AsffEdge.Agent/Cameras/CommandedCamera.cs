using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Publishing;
using AsffEdge.Messaging;

namespace AsffEdge.Agent.Cameras;

/// <summary>The camera that a command names.</summary>
internal static class CommandedCamera
{
    /// <summary>Its index in the configuration.</summary>
    /// <exception cref="DocumentRejectedException">There is none of that id, or it is switched off.</exception>
    public static int Find(IReadOnlyList<CameraOptions> cameras, string id)
    {
        string[] ids = [.. cameras.Select(camera => camera.Id)];
        int index = Array.IndexOf(ids, id);
        if (index < 0)
        {
            throw new DocumentRejectedException(
                ResultCode.BadDocument,
                $"'camera' is '{id}', which is no camera of this agent{NearestName.Hint(id, ids)}"
            );
        }

        return cameras[index].Enabled
            ? index
            : throw new DocumentRejectedException(
                ResultCode.Failed,
                $"camera '{id}' is switched off (cameras.{index}.enabled)"
            );
    }

    /// <summary>"its state is offline (refused): nothing listens at …": the tail of a message about a camera that does not do what was asked.</summary>
    public static string Describe(CameraStatus status)
    {
        string reason = status.Reason is { } code ? $" ({code})" : "";
        string detail = status.Detail is { } sentence ? $": {sentence}" : "";
        return $"its state is {CameraStatusPublisher.NameOf(status.State)}{reason}{detail}";
    }
}

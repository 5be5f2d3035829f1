namespace AsffEdge.Agent.Cameras;

/// <summary>Tells when a camera has come online. Thread-safe.</summary>
internal sealed class OnlineWatch : ICameraStatusSink
{
    private readonly Lock _lock = new();
    private readonly Dictionary<int, TaskCompletionSource> _waiting = [];

    /// <summary>Completes when the camera, by its index in the configuration, comes online the next time.</summary>
    public Task NextAsync(int camera)
    {
        lock (_lock)
        {
            if (!_waiting.TryGetValue(camera, out TaskCompletionSource? online))
            {
                online = new(TaskCreationOptions.RunContinuationsAsynchronously);
                _waiting[camera] = online;
            }

            return online.Task;
        }
    }

    /// <inheritdoc/>
    public void OnStatus(int cameraIndex, string cameraId, CameraStatus status)
    {
        lock (_lock)
        {
            if (
                status.State == CameraState.Online
                && _waiting.Remove(cameraIndex, out TaskCompletionSource? online)
            )
            {
                online.SetResult();
            }
        }
    }
}

using AsffEdge.Agent.Pipeline;

namespace AsffEdge.Agent.Snapshots;

/// <summary>Copies single frames for whoever asks. Costs the inference thread a comparison a frame, and a copy only when somebody has asked.</summary>
internal sealed class FrameTap(TimeProvider time) : IFrameResultSink
{
    private readonly Lock _lock = new();
    private readonly List<(int Camera, TaskCompletionSource<FrameCopy> Taken)> _waiting = [];
    private int _asked;

    /// <summary>A copy of the next frame of a camera that is inferred; the caller disposes of it.</summary>
    /// <param name="camera">The camera's index in the configuration.</param>
    /// <param name="within">How long to wait for it.</param>
    /// <param name="ct">Ends the waiting.</param>
    /// <exception cref="TimeoutException">There was none in time.</exception>
    public async Task<FrameCopy> NextAsync(int camera, TimeSpan within, CancellationToken ct)
    {
        // Otherwise whoever asked would go on with it on the inference thread.
        TaskCompletionSource<FrameCopy> taken = new(
            TaskCreationOptions.RunContinuationsAsynchronously
        );
        lock (_lock)
        {
            _waiting.Add((camera, taken));
            Volatile.Write(ref _asked, _waiting.Count);
        }

        try
        {
            return await taken.Task.WaitAsync(within, time, ct).ConfigureAwait(false);
        }
        catch
        {
            Withdraw(taken);
            throw;
        }
    }

    /// <inheritdoc/>
    public void OnFrame(FrameResult result)
    {
        if (Volatile.Read(ref _asked) > 0)
        {
            CopyForAll(result);
        }
    }

    private void CopyForAll(FrameResult result)
    {
        lock (_lock)
        {
            foreach ((int camera, TaskCompletionSource<FrameCopy> taken) in _waiting)
            {
                if (camera == result.CameraIndex)
                {
                    Copy(result, taken);
                }
            }

            _waiting.RemoveAll(waiting => waiting.Camera == result.CameraIndex);
            Volatile.Write(ref _asked, _waiting.Count);
        }
    }

    private static void Copy(FrameResult result, TaskCompletionSource<FrameCopy> taken)
    {
        try
        {
            taken.SetResult(new FrameCopy(result.Image!.Clone(), result.Objects.ToArray()));
        }
        // For want of memory, for example: whoever asked learns it, and the frame goes on to the other sinks.
        catch (Exception error)
        {
            taken.SetException(error);
        }
    }

    private void Withdraw(TaskCompletionSource<FrameCopy> taken)
    {
        lock (_lock)
        {
            _waiting.RemoveAll(waiting => waiting.Taken == taken);
            Volatile.Write(ref _asked, _waiting.Count);
        }

        // It came after all, just too late for anybody.
        if (taken.Task.IsCompletedSuccessfully)
        {
            taken.Task.Result.Dispose();
        }
    }
}

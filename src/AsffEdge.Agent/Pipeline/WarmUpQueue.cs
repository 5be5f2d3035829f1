using System.Collections.Concurrent;
using AsffEdge.Detection;

namespace AsffEdge.Agent.Pipeline;

/// <summary>Input sizes that any thread asks for and the inference thread warms between two frames.</summary>
internal sealed class WarmUpQueue
{
    private readonly ConcurrentQueue<(int Size, TaskCompletionSource Done)> _waiting = new();
    private volatile bool _closed;

    /// <summary>Asks for a size.</summary>
    /// <returns>Completes when it is warm, faults with what <see cref="Detector.Warm"/> throws, is cancelled when the queue is closed.</returns>
    public Task Add(int size)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting.Enqueue((size, done));
        if (_closed)
        {
            Close();
        }

        return done.Task;
    }

    /// <summary>Inference thread: warms what was asked for.</summary>
    public void WarmAll(Detector detector)
    {
        while (_waiting.TryDequeue(out (int Size, TaskCompletionSource Done) entry))
        {
            try
            {
                detector.Warm(entry.Size);
                entry.Done.SetResult();
            }
            // Whoever asked for the size gets it as the task's failure.
            catch (Exception error)
            {
                entry.Done.SetException(error);
            }
        }
    }

    /// <summary>Cancels what waits and what will still be asked for.</summary>
    public void Close()
    {
        _closed = true;
        while (_waiting.TryDequeue(out (int Size, TaskCompletionSource Done) entry))
        {
            entry.Done.TrySetCanceled();
        }
    }
}

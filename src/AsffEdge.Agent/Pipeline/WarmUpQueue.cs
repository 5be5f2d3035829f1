using System.Collections.Concurrent;
using AsffEdge.Detection;

namespace AsffEdge.Agent.Pipeline;

/// <summary>Input sizes that any thread asks for and the inference thread warms between two frames.</summary>
internal sealed class WarmUpQueue(TimeProvider time)
{
    private readonly ConcurrentQueue<(int Size, TaskCompletionSource Done)> _waiting = new();
    private long _startedAt;
    private volatile bool _closed;

    /// <summary>How long the size that is being warmed has been so; zero when none is. A provider that compiles the graph for each size takes minutes.</summary>
    public TimeSpan RunningFor
    {
        get
        {
            long started = Volatile.Read(ref _startedAt);
            return started == 0 ? TimeSpan.Zero : time.GetElapsedTime(started);
        }
    }

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
            Volatile.Write(ref _startedAt, time.GetTimestamp());
            try
            {
                detector.Warm(entry.Size);
                Volatile.Write(ref _startedAt, 0);
                entry.Done.SetResult();
            }
            // Whoever asked for the size gets it as the task's failure.
            catch (Exception error)
            {
                Volatile.Write(ref _startedAt, 0);
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

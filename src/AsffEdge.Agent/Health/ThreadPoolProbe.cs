using System.Globalization;
using AsffEdge.Messaging;

namespace AsffEdge.Agent.Health;

/// <summary>
/// Judges whether work that is handed to the thread pool is done: connection, health and commands all depend on it. Timers alone say
/// nothing, for they run before everything else. Not thread-safe.
/// </summary>
internal sealed class ThreadPoolProbe(TimeProvider time)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    private long _askedAt;
    private volatile bool _isAnswered = true;

    /// <summary>What is wrong; null: nothing.</summary>
    public Degradation? Judge()
    {
        if (_isAnswered)
        {
            _isAnswered = false;
            _askedAt = time.GetTimestamp();
            // At the end of the queue that all share.
            ThreadPool.UnsafeQueueUserWorkItem(
                static probe => probe._isAnswered = true,
                this,
                preferLocal: false
            );
            return null;
        }

        TimeSpan waiting = time.GetElapsedTime(_askedAt);
        return waiting <= Deadline
            ? null
            : new Degradation(
                HealthCode.WorkNotDone,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"work has been waiting for a thread for {waiting.TotalSeconds:F0} s, of {ThreadPool.ThreadCount} that there are"
                )
            );
    }
}

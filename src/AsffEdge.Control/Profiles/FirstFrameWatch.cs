namespace AsffEdge.Control.Profiles;

/// <summary>Tells when the first frame of a change of profiles has been inferred. Costs the inference thread a comparison and a write a frame.</summary>
public sealed class FirstFrameWatch
{
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly List<(long Change, TaskCompletionSource Inferred)> _waiting = [];
    private long _least = long.MaxValue;
    private long _newest = -1;

    /// <summary>Completes once a frame has been inferred under <paramref name="change"/> or a later one, see <see cref="ProfileSelection.Snapshot"/>.</summary>
    public Task Expect(long change)
    {
        TaskCompletionSource inferred = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            _waiting.Add((change, inferred));
            Interlocked.Exchange(ref _least, Math.Min(_least, change));
        }

        // The frame may have come before it was asked for; looked at last, so that none slips through between.
        if (Interlocked.Read(ref _newest) >= change)
        {
            Complete(Interlocked.Read(ref _newest));
        }

        return inferred.Task;
    }

    /// <summary>Waits until a frame has been inferred under a change, or for ten seconds: cameras may be away, and the change holds all the same.</summary>
    /// <param name="change">The change, see <see cref="Expect"/>.</param>
    /// <param name="state">What the change is meanwhile, for people: <c>in force</c> or <c>in use</c>.</param>
    /// <param name="time">The clock.</param>
    /// <param name="ct">Ends the waiting.</param>
    /// <returns>That there was none, a sentence for people; null: there was one.</returns>
    public async Task<string?> WaitAsync(
        long change,
        string state,
        TimeProvider time,
        CancellationToken ct
    )
    {
        try
        {
            await Expect(change).WaitAsync(Within, time, ct).ConfigureAwait(false);
            return null;
        }
        catch (TimeoutException)
        {
            return $"{state}, but no frame has been inferred in {Within.TotalSeconds} s";
        }
    }

    /// <summary>A frame has been inferred under <paramref name="change"/>. Inference thread only.</summary>
    public void OnFrame(long change)
    {
        Interlocked.Exchange(ref _newest, change);
        if (change >= Volatile.Read(ref _least))
        {
            Complete(change);
        }
    }

    private void Complete(long change)
    {
        lock (_lock)
        {
            foreach ((long awaited, TaskCompletionSource inferred) in _waiting)
            {
                if (awaited <= change)
                {
                    inferred.TrySetResult();
                }
            }

            _waiting.RemoveAll(waiting => waiting.Change <= change);
            Volatile.Write(
                ref _least,
                _waiting.Count == 0 ? long.MaxValue : _waiting.Min(waiting => waiting.Change)
            );
        }
    }
}

namespace AsffEdge.Agent.Pipeline;

/// <summary>
/// Durations of the last half to whole minute in <see cref="LatencyBuckets"/>. One thread records, any thread reads; neither
/// locks nor allocates.
/// </summary>
public sealed class LatencyHistogram
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(30);

    private readonly TimeProvider _time;
    private readonly int[][] _windows =
    [
        new int[LatencyBuckets.Count],
        new int[LatencyBuckets.Count],
    ];
    private int _current;
    private long _windowStart;

    /// <summary>An empty one.</summary>
    public LatencyHistogram(TimeProvider time)
    {
        _time = time;
        _windowStart = time.GetTimestamp();
    }

    /// <summary>Counts one duration. Only the one recording thread calls this.</summary>
    public void Record(double milliseconds)
    {
        long now = _time.GetTimestamp();
        if (_time.GetElapsedTime(_windowStart, now) >= Window)
        {
            _windowStart = now;
            Array.Clear(_windows[1 - _current]);
            Volatile.Write(ref _current, 1 - _current);
        }

        ref int count = ref _windows[_current][LatencyBuckets.Of(milliseconds)];
        Volatile.Write(ref count, count + 1);
    }

    /// <summary>The duration in ms that a fraction (0..1) of the recorded ones do not exceed, within 2.2 %; 0 when none is recorded.</summary>
    public double Quantile(double fraction)
    {
        long total = 0;
        for (int i = 0; i < LatencyBuckets.Count; i++)
        {
            total += CountOf(i);
        }

        long rank = Math.Max(1, (long)Math.Ceiling(fraction * total));
        for (int i = 0; i < LatencyBuckets.Count && total > 0; i++)
        {
            rank -= CountOf(i);
            if (rank <= 0)
            {
                return LatencyBuckets.Middle(i);
            }
        }

        return 0;
    }

    /// <summary>Median and 95th percentile.</summary>
    public LatencySummary Summary => new(Quantile(0.5), Quantile(0.95));

    private long CountOf(int bucket) =>
        Volatile.Read(ref _windows[0][bucket]) + (long)Volatile.Read(ref _windows[1][bucket]);
}

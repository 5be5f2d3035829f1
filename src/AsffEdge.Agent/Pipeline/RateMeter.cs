namespace AsffEdge.Agent.Pipeline;

/// <summary>
/// Events a second over the last five whole seconds. One thread counts, any thread reads; neither locks nor allocates.
/// </summary>
public sealed class RateMeter
{
    private const int Slots = 8;
    private const int Seconds = 5;

    private readonly TimeProvider _time;
    private readonly long _origin;
    private readonly long[] _slots = new long[Slots];
    private long _firstSecond = -1;

    /// <summary>Starts counting.</summary>
    public RateMeter(TimeProvider time)
    {
        _time = time;
        _origin = time.GetTimestamp();
    }

    /// <summary>Counts one event. Only the one counting thread calls this.</summary>
    public void Count()
    {
        long second = Second();
        if (_firstSecond < 0)
        {
            Volatile.Write(ref _firstSecond, second);
        }

        // Second and count in one word, so that a reader never sees one without the other.
        ref long slot = ref _slots[second % Slots];
        long count = slot >> 24 == second ? slot & 0xFFFFFF : 0;
        Volatile.Write(ref slot, (second << 24) | Math.Min(count + 1, 0xFFFFFF));
    }

    /// <summary>Events a second; 0 before the first whole second.</summary>
    public double PerSecond
    {
        get
        {
            long now = Second();
            long first = Volatile.Read(ref _firstSecond);
            long seconds = first < 0 ? 0 : Math.Min(Seconds, now - first);
            long sum = 0;
            for (long second = now - seconds; second < now; second++)
            {
                long slot = Volatile.Read(ref _slots[second % Slots]);
                sum += slot >> 24 == second ? slot & 0xFFFFFF : 0;
            }

            return seconds == 0 ? 0 : (double)sum / seconds;
        }
    }

    private long Second() => (long)_time.GetElapsedTime(_origin).TotalSeconds;
}

namespace AsffEdge.Agent.Models;

/// <summary>Tells when a number of failures has come within a time. Not thread-safe.</summary>
/// <param name="most">So many are too many.</param>
/// <param name="within">Within this time.</param>
/// <param name="time">The clock.</param>
internal sealed class FailureWindow(int most, TimeSpan within, TimeProvider time)
{
    private readonly long[] _latest = new long[most];
    private int _count;

    /// <summary>Counts a failure.</summary>
    /// <returns>Whether there were too many, this one included.</returns>
    public bool Note()
    {
        long now = time.GetTimestamp();
        _latest[_count++ % most] = now;
        return _count >= most && time.GetElapsedTime(_latest[_count % most], now) <= within;
    }

    /// <summary>Forgets what was counted.</summary>
    public void Clear() => _count = 0;
}

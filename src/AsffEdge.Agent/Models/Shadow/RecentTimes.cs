namespace AsffEdge.Agent.Models.Shadow;

/// <summary>The last durations, so many that their median holds still; adding one allocates nothing. One thread at a time.</summary>
internal sealed class RecentTimes
{
    private const int Most = 4096;

    private readonly float[] _ring = new float[Most];
    private long _count;

    /// <summary>Their median in milliseconds, to a tenth; null: there are none.</summary>
    public double? Median =>
        _count == 0
            ? null
            : Math.Round(ModelComparison.Median(_ring[..(int)Math.Min(_count, Most)]), 1);

    /// <summary>Adds one, in milliseconds.</summary>
    public void Add(double ms) => _ring[_count++ % Most] = (float)ms;
}

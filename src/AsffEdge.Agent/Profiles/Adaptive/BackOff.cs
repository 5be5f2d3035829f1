namespace AsffEdge.Agent.Profiles.Adaptive;

/// <summary>Sizes that had to be left, and from when on each may be tried again: after 2, 4, 8… dwell times.</summary>
internal sealed class BackOff(TimeSpan dwell)
{
    /// <summary>For how many dwell times a size that had to be left again and again is not tried, at most.</summary>
    public const int Longest = 1 << MostDoublings;

    private const int MostDoublings = 5;

    private readonly Dictionary<int, (int Failures, TimeSpan NotBefore)> _left = [];

    /// <summary>From when on <paramref name="size"/> may be tried.</summary>
    public TimeSpan NotBefore(int size) => _left.GetValueOrDefault(size).NotBefore;

    /// <summary>Notes that <paramref name="size"/> has to be left.</summary>
    /// <param name="size">The size.</param>
    /// <param name="ran">How long it has run. One that has long held did not fail: the load has changed.</param>
    /// <param name="now">The time.</param>
    public void Leave(int size, TimeSpan ran, TimeSpan now)
    {
        int failures = ran >= dwell * Longest ? 1 : _left.GetValueOrDefault(size).Failures + 1;
        _left[size] = (failures, now + (dwell * (1 << Math.Min(failures, MostDoublings))));
    }
}

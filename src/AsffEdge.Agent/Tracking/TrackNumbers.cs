namespace AsffEdge.Agent.Tracking;

/// <summary>Numbers the tracks of all cameras of a process, from 1, so that a number alone names one. For the inference thread.</summary>
public sealed class TrackNumbers
{
    private long _last;

    /// <summary>A number that no track has had.</summary>
    public long Next() => ++_last;
}

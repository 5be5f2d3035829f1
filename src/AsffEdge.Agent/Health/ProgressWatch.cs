namespace AsffEdge.Agent.Health;

/// <summary>
/// Judges whether the agent still does its work: frames that come are inferred. No frames are no fault (cameras come back by themselves);
/// frames that come and are not inferred, or an inference that does not end, are.
/// </summary>
internal sealed class ProgressWatch(TimeProvider time)
{
    private long _inferred = -1;
    private long _decoded;
    private long _since;

    /// <summary>Whether all is well.</summary>
    /// <param name="inferred">Frames inferred since the start.</param>
    /// <param name="decoded">Frames decoded since the start, of all cameras.</param>
    /// <param name="running">How long the inference that runs now has been running; zero when none does.</param>
    /// <param name="deadline">How long an inference, or the wait for one, may take.</param>
    public bool IsWell(long inferred, long decoded, TimeSpan running, TimeSpan deadline)
    {
        if (running > deadline)
        {
            return false;
        }

        bool isIdle = decoded == _decoded;
        if (inferred != _inferred || isIdle)
        {
            (_inferred, _decoded, _since) = (inferred, decoded, time.GetTimestamp());
            return true;
        }

        return time.GetElapsedTime(_since) <= deadline;
    }
}

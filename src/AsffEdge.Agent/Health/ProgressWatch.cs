using AsffEdge.Messaging;

namespace AsffEdge.Agent.Health;

/// <summary>
/// Judges whether the agent still does its work: frames that come are inferred. No frames are no fault (cameras come back by themselves);
/// frames that come and are not inferred, or an inference that does not end, are.
/// </summary>
internal sealed class ProgressWatch(TimeProvider time)
{
    /// <summary>The longest that warming a size may keep frames waiting. A provider that compiles the graph for it takes minutes; what takes longer hangs.</summary>
    public static readonly TimeSpan LongestWarmUp = TimeSpan.FromMinutes(15);

    private long _inferred = -1;
    private long _delivered;
    private long _since;

    /// <summary>What is wrong; null: all is well.</summary>
    /// <param name="inferred">Frames inferred since the start.</param>
    /// <param name="delivered">Frames since the start that are to be inferred, of all cameras.</param>
    /// <param name="running">How long the inference that runs now has been running; zero when none does.</param>
    /// <param name="warming">How long a size has been being warmed, while nothing is inferred; zero when none is.</param>
    /// <param name="deadline">How long an inference, or the wait for one, may take.</param>
    public HealthCode? Judge(
        long inferred,
        long delivered,
        TimeSpan running,
        TimeSpan warming,
        TimeSpan deadline
    )
    {
        if (running > deadline)
        {
            return HealthCode.InferenceOverdue;
        }

        if (warming > LongestWarmUp)
        {
            return HealthCode.FramesNotInferred;
        }

        bool isIdle = delivered == _delivered || warming > TimeSpan.Zero;
        if (inferred != _inferred || isIdle)
        {
            (_inferred, _delivered, _since) = (inferred, delivered, time.GetTimestamp());
            return null;
        }

        return time.GetElapsedTime(_since) <= deadline ? null : HealthCode.FramesNotInferred;
    }
}

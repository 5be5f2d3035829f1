namespace AsffEdge.Agent.Tracking;

/// <summary>Seconds of a camera that only go forward: by the capture times as far as they agree with the host's monotonic clock.</summary>
internal sealed class FrameClock(TimeProvider time)
{
    // Capture times tell the spacing of frames better than their arrival does, until a clock is set.
    private const double Disagreement = 2;

    private DateTime _captured;
    private long? _arrived;

    /// <summary>The seconds, from 0.</summary>
    public double Seconds { get; private set; }

    /// <summary>Seconds since the last frame arrived, by the monotonic clock; 0 before the first.</summary>
    public double SinceLast => _arrived is { } last ? time.GetElapsedTime(last).TotalSeconds : 0;

    /// <summary>Moves on to a frame that has just come.</summary>
    /// <param name="capturedUtc">When it was captured.</param>
    /// <returns><see cref="Seconds"/>.</returns>
    public double Advance(DateTime capturedUtc)
    {
        double captured = (capturedUtc - _captured).TotalSeconds;
        double arrived = SinceLast;
        if (_arrived is not null)
        {
            bool isBelievable = captured >= 0 && Math.Abs(captured - arrived) <= Disagreement;
            Seconds += isBelievable ? captured : arrived;
        }

        (_captured, _arrived) = (capturedUtc, time.GetTimestamp());
        return Seconds;
    }
}

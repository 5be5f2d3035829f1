namespace AsffEdge.Agent.Cameras;

/// <summary>
/// Turns a stream's presentation times into capture times on this machine. The camera's own clock is never believed:
/// only its differences are. A stream's start is taken from its fastest frame, because a frame arrives late, never early.
/// </summary>
public sealed class PtsClock
{
    /// <summary>How fast the start may move later, in seconds a second: follows clocks that run apart.</summary>
    private const double Drift = 200e-6;

    /// <summary>
    /// Seconds by which the time between two frames may differ from the time between their arrivals; more means that the stream's times
    /// have jumped. Judged from frame to frame, so that a delay that grows is seen as one, however long it gets.
    /// </summary>
    private const double Jump = 5;

    private readonly TimeProvider _time;
    private readonly long _origin;
    private double _start = double.NaN;
    private double _lastPts = double.NegativeInfinity;
    private double _lastArrival;

    /// <summary>A clock for one connection.</summary>
    public PtsClock(TimeProvider time)
    {
        _time = time;
        _origin = time.GetTimestamp();
    }

    /// <summary>Fills in the capture time of a frame.</summary>
    /// <param name="pts">Presentation time in seconds; NaN when the stream has none.</param>
    /// <param name="arrived">When the frame was complete, as <see cref="TimeProvider.GetTimestamp"/> gives it.</param>
    /// <param name="frame">Gets <see cref="CapturedFrame.CapturedUtc"/> and its source.</param>
    public void Stamp(double pts, long arrived, CapturedFrame frame)
    {
        double arrival = _time.GetElapsedTime(_origin, arrived).TotalSeconds;
        bool advances = pts > _lastPts;
        frame.Age = TimeSpan.FromSeconds(advances ? Age(pts, arrival) : 0);
        if (!advances)
        {
            // What the times mean from here on is anyone's guess: the next frame starts anew.
            _start = double.NaN;
        }

        if (!double.IsNaN(pts))
        {
            _lastPts = pts;
        }

        _lastArrival = arrival;
        frame.TimestampSource = advances ? "pts" : "host";
        frame.CapturedUtc =
            _time.GetUtcNow().UtcDateTime - _time.GetElapsedTime(arrived) - frame.Age;
    }

    private double Age(double pts, double arrival)
    {
        double start = arrival - pts;
        double late = arrival - _lastArrival - (pts - _lastPts);
        if (double.IsNaN(_start) || Math.Abs(late) > Jump)
        {
            _start = start;
        }

        _start = Math.Min(_start + (Drift * (arrival - _lastArrival)), start);
        return start - _start;
    }
}

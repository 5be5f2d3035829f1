namespace AsffEdge.Agent.Cameras;

/// <summary>
/// How long to wait before a camera is opened again: 1 s five times, 5 s five times, 10 s ten times, then 60 s,
/// each ±20 % so that cameras that failed together do not come back together. It never gives up.
/// </summary>
public sealed class ReconnectLadder
{
    private static readonly TimeSpan Slowest = TimeSpan.FromSeconds(60);

    private readonly Random _random;
    private int _attempts;

    /// <summary>Starts at the first step.</summary>
    public ReconnectLadder(Random random) => _random = random;

    /// <summary>The wait after one more failure.</summary>
    /// <param name="reason">A wrong password (<see cref="CameraReason.Unauthorised"/>) waits 60 s at once: cameras lock accounts.</param>
    public TimeSpan Next(string reason)
    {
        double seconds = _attempts++ switch
        {
            < 5 => 1,
            < 10 => 5,
            < 20 => 10,
            _ => 60,
        };
        TimeSpan step =
            reason == CameraReason.Unauthorised ? Slowest : TimeSpan.FromSeconds(seconds);
        return step * (0.8 + (0.4 * _random.NextDouble()));
    }

    /// <summary>Back to the first step, after a connection that held.</summary>
    public void Reset() => _attempts = 0;
}

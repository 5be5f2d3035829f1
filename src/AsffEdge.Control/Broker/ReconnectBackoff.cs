namespace AsffEdge.Control.Broker;

/// <summary>
/// How long to wait before the next attempt to connect: 1 s doubled up to 20 s, each anywhere from half to one and a half of that, so that a
/// fleet whose broker restarts comes back spread out.
/// </summary>
public sealed class ReconnectBackoff(Random random)
{
    private static readonly TimeSpan Least = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Most = TimeSpan.FromSeconds(20);

    private TimeSpan _next = Least;

    /// <summary>The next wait.</summary>
    public TimeSpan Next()
    {
        TimeSpan wait = _next * (0.5 + random.NextDouble());
        _next = _next * 2 > Most ? Most : _next * 2;
        return wait;
    }

    /// <summary>A connection held: begin anew.</summary>
    public void Reset() => _next = Least;
}

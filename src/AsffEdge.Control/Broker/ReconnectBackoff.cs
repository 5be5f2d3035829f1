namespace AsffEdge.Control.Broker;

/// <summary>How long to wait before the next attempt to connect: 1 s doubled up to 30 s, ±20 % so that a fleet does not come back at one instant.</summary>
public sealed class ReconnectBackoff(Random random)
{
    private static readonly TimeSpan Least = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Most = TimeSpan.FromSeconds(30);
    private const double Jitter = 0.2;

    private TimeSpan _next = Least;

    /// <summary>The next wait.</summary>
    public TimeSpan Next()
    {
        TimeSpan wait = _next * (1 - Jitter + 2 * Jitter * random.NextDouble());
        _next = _next * 2 > Most ? Most : _next * 2;
        return wait < Least ? Least
            : wait > Most ? Most
            : wait;
    }

    /// <summary>A connection held: begin anew.</summary>
    public void Reset() => _next = Least;
}

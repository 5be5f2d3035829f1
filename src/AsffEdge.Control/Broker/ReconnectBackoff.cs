namespace AsffEdge.Control.Broker;

/// <summary>
/// How long to wait before the next attempt: a time that is doubled from one to the next, each wait anywhere from half to one and a half of
/// it, so that a fleet whose server restarts comes back spread out.
/// </summary>
/// <param name="random">Chance.</param>
/// <param name="least">The first time; null: 1 s.</param>
/// <param name="most">The last time; null: 20 s.</param>
public sealed class ReconnectBackoff(Random random, TimeSpan? least = null, TimeSpan? most = null)
{
    private readonly TimeSpan _least = least ?? TimeSpan.FromSeconds(1);
    private readonly TimeSpan _most = most ?? TimeSpan.FromSeconds(20);

    private TimeSpan _next = least ?? TimeSpan.FromSeconds(1);

    /// <summary>The next wait.</summary>
    public TimeSpan Next()
    {
        TimeSpan wait = _next * (0.5 + random.NextDouble());
        _next = _next * 2 > _most ? _most : _next * 2;
        return wait;
    }

    /// <summary>A connection held: begin anew.</summary>
    public void Reset() => _next = _least;
}

namespace AsffEdge.Agent.Tests.Cameras.Faults;

/// <summary>The real clock, which a test can put forward: children and sockets live in real time, deadlines need not be waited for.</summary>
public sealed class JumpingTime : TimeProvider
{
    private long _ahead;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Ahead;

    public override long GetTimestamp() =>
        base.GetTimestamp() + (long)(Ahead.TotalSeconds * TimestampFrequency);

    /// <summary>Puts the clock forward.</summary>
    public void Advance(double seconds) =>
        Interlocked.Add(ref _ahead, TimeSpan.FromSeconds(seconds).Ticks);

    private TimeSpan Ahead => TimeSpan.FromTicks(Volatile.Read(ref _ahead));
}

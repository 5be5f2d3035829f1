namespace AsffEdge.Control.Broker;

/// <summary>What a link has exchanged with the broker since it was made. Thread-safe.</summary>
public sealed class LinkTraffic
{
    private long _sent;
    private long _received;
    private long _connections;

    /// <summary>Messages published; with quality of service 1 those that were acknowledged.</summary>
    public long Sent => Interlocked.Read(ref _sent);

    /// <summary>Messages that came.</summary>
    public long Received => Interlocked.Read(ref _received);

    /// <summary>Connections made.</summary>
    public long Connections => Interlocked.Read(ref _connections);

    internal void CountConnection() => Interlocked.Increment(ref _connections);

    internal void CountSent() => Interlocked.Increment(ref _sent);

    internal void CountReceived() => Interlocked.Increment(ref _received);
}

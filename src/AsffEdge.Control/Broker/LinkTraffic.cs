namespace AsffEdge.Control.Broker;

/// <summary>What a link has exchanged with the broker since it was made. Thread-safe.</summary>
public sealed class LinkTraffic
{
    private long _sent;
    private long _received;
    private long _connections;

    private long _refused;
    private long _tooLarge;

    /// <summary>Messages published; with quality of service 1 those that were acknowledged.</summary>
    public long Sent => Interlocked.Read(ref _sent);

    /// <summary>Messages that came.</summary>
    public long Received => Interlocked.Read(ref _received);

    /// <summary>Connections made.</summary>
    public long Connections => Interlocked.Read(ref _connections);

    internal void CountConnection() => Interlocked.Increment(ref _connections);

    /// <summary>Messages that the broker refused; those that were sent again are counted again.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>Messages that were not sent because the broker takes none so large.</summary>
    public long TooLarge => Interlocked.Read(ref _tooLarge);

    internal void CountSent() => Interlocked.Increment(ref _sent);

    internal void CountReceived() => Interlocked.Increment(ref _received);

    internal void CountRefused() => Interlocked.Increment(ref _refused);

    internal void CountTooLarge() => Interlocked.Increment(ref _tooLarge);
}

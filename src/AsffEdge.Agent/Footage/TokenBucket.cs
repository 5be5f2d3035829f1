namespace AsffEdge.Agent.Footage;

/// <summary>
/// Bytes that one policy may spend on one camera: so many a second, and at most those of an hour at once, or one picture where that is more.
/// One picture at a time is on its way, so what it really took is known before the next is let through. <see cref="TryTake"/> is for one
/// thread, <see cref="Settle"/> for another.
/// </summary>
/// <param name="bytesPerSecond">The rate; 0: nothing is let through.</param>
internal sealed class TokenBucket(double bytesPerSecond)
{
    /// <summary>Seconds whose bytes may be spent at once.</summary>
    public const double BurstS = 3600;

    private const int Free = 0;
    private const int Taken = 1;
    private const int Settled = 2;

    private double _tokens = bytesPerSecond * BurstS;
    private double _filledAt;
    private double _reserved;
    private long _spent;
    private int _state;

    /// <summary>Takes off what was spent before there was this bucket.</summary>
    /// <param name="bytes">Spent today.</param>
    /// <param name="secondsOfDay">Seconds of today so far.</param>
    public void Resume(long bytes, double secondsOfDay) =>
        _tokens = Math.Min(_tokens, (bytesPerSecond * (BurstS + secondsOfDay)) - bytes);

    /// <summary>Whether a picture may be taken; if so, it must be settled.</summary>
    /// <param name="bytes">What it is likely to take, more than 0.</param>
    /// <param name="now">Seconds, never going back.</param>
    public bool TryTake(double bytes, double now)
    {
        if (bytesPerSecond <= 0 || Volatile.Read(ref _state) == Taken)
        {
            return false;
        }

        if (_state == Settled)
        {
            _tokens += _reserved - _spent;
            _state = Free;
        }

        double most = Math.Max(bytesPerSecond * BurstS, bytes);
        _tokens = Math.Min(most, _tokens + (bytesPerSecond * Math.Max(0, now - _filledAt)));
        _filledAt = Math.Max(_filledAt, now);
        if (_tokens < bytes)
        {
            return false;
        }

        _tokens -= bytes;
        _reserved = bytes;
        _state = Taken;
        return true;
    }

    /// <summary>Says what the picture took; 0: it was not kept.</summary>
    public void Settle(long bytes)
    {
        _spent = bytes;
        Volatile.Write(ref _state, Settled);
    }
}

namespace AsffEdge.Agent.Cameras;

/// <summary>
/// A live source for a consumer that may be slower than it: reads on a thread of its own and gives the newest frame, so that
/// the frames between are lost and no delay builds up.
/// </summary>
public sealed class LatestFrames : IFrameSource
{
    private readonly Func<IFrameSource> _open;
    private readonly LatestFrameSlot<CapturedFrame> _slot = new(() => new CapturedFrame());
    private readonly AutoResetEvent _changed = new(false);
    private readonly Lock _gate = new();
    private readonly Thread _thread;
    private IFrameSource? _source;
    private Exception? _failure;
    private long _decodeErrors;
    private long _number;
    private volatile bool _cancelled;
    private volatile bool _ended;

    /// <summary>Opens the source on the thread that will read it.</summary>
    public LatestFrames(Func<IFrameSource> open)
    {
        _open = open;
        _thread = new Thread(Pump) { IsBackground = true, Name = "latest frames" };
        _thread.Start();
    }

    /// <inheritdoc />
    public bool IsLive => true;

    /// <inheritdoc />
    public bool IsCamera => false;

    /// <inheritdoc />
    public long DecodeErrors => Volatile.Read(ref _decodeErrors);

    /// <inheritdoc />
    public bool Read(CapturedFrame frame)
    {
        while (true)
        {
            // In this order: the source ends after its last frame is in the slot.
            bool ended = _ended;
            if (_slot.TryTake() is CapturedFrame newest)
            {
                newest.Picture.CopyTo(frame.Picture);
                frame.SourceWidth = newest.SourceWidth;
                frame.SourceHeight = newest.SourceHeight;
                frame.CapturedUtc = newest.CapturedUtc;
                frame.TimestampSource = newest.TimestampSource;
                frame.Age = newest.Age;
                frame.Damaged = newest.Damaged;
                frame.CompletedAt = newest.CompletedAt;
                frame.Number = newest.Number;
                return true;
            }

            if (ended)
            {
                return _failure is null || _cancelled ? false : throw _failure;
            }

            _changed.WaitOne();
        }
    }

    /// <inheritdoc />
    public void Cancel()
    {
        lock (_gate)
        {
            _cancelled = true;
            _source?.Cancel();
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        Cancel();
        _thread.Join();
        foreach (CapturedFrame frame in _slot.Buffers)
        {
            frame.Dispose();
        }
    }

    private void Pump()
    {
        try
        {
            using IFrameSource source = _open();
            lock (_gate)
            {
                _source = source;
            }

            while (!_cancelled && source.Read(_slot.Writing))
            {
                _slot.Writing.Number = ++_number;
                Volatile.Write(ref _decodeErrors, source.DecodeErrors);
                _slot.Publish();
                _changed.Set();
            }

            lock (_gate)
            {
                _source = null;
            }
        }
        // It belongs to whoever reads, on the other thread.
        catch (Exception error)
        {
            _failure = error;
            lock (_gate)
            {
                _source = null;
            }
        }

        _ended = true;
        _changed.Set();
    }
}

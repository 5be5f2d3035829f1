namespace AsffEdge.Agent.Footage;

/// <summary>Frames on their way from the inference thread to the writer, a few at most. For one thread at each end.</summary>
internal sealed class FootageRing : IDisposable
{
    private readonly FootageFrame[] _frames;
    private readonly AutoResetEvent _filled = new(false);
    private long _written;
    private long _read;

    /// <param name="frames">How many may wait.</param>
    /// <param name="capacity">Most objects of a frame.</param>
    public FootageRing(int frames, int capacity) =>
        _frames = [.. Enumerable.Range(0, frames).Select(_ => new FootageFrame(capacity))];

    /// <summary>Whether there is no room.</summary>
    public bool IsFull => _written - Volatile.Read(ref _read) == _frames.Length;

    /// <summary>Where the next frame goes, followed by <see cref="Push"/>; not while it is full.</summary>
    public FootageFrame Next => _frames[_written % _frames.Length];

    /// <summary>Hands over <see cref="Next"/>.</summary>
    public void Push()
    {
        Volatile.Write(ref _written, _written + 1);
        _filled.Set();
    }

    /// <summary>The oldest frame, which stays there until <see cref="Pop"/>; null: none came in that time, or <see cref="Wake"/> was called.</summary>
    public FootageFrame? Peek(TimeSpan wait) => Oldest ?? (_filled.WaitOne(wait) ? Oldest : null);

    /// <summary>Gives the place of the oldest frame back.</summary>
    public void Pop() => Volatile.Write(ref _read, _read + 1);

    /// <summary>Has the reader look around.</summary>
    public void Wake() => _filled.Set();

    /// <inheritdoc/>
    public void Dispose()
    {
        _filled.Dispose();
        foreach (FootageFrame frame in _frames)
        {
            frame.Dispose();
        }
    }

    private FootageFrame? Oldest =>
        _read < Volatile.Read(ref _written) ? _frames[_read % _frames.Length] : null;
}

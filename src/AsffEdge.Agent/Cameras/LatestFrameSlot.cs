namespace AsffEdge.Agent.Cameras;

/// <summary>
/// Hands the newest value from one writer to one reader through a few buffers: one being written, one ready, one or more being read.
/// Neither side ever waits for the other, and nothing is allocated: a value not taken in time is simply overwritten.
/// </summary>
/// <typeparam name="T">The buffer; its owner refills it in place.</typeparam>
public sealed class LatestFrameSlot<T>
    where T : class
{
    private const int Fresh = 1 << 8;
    private const int IndexMask = Fresh - 1;

    private readonly T[] _buffers;
    private readonly int[] _held;
    private int _oldest;
    private int _writing;
    private int _ready = 1;

    /// <summary>Makes the buffers.</summary>
    /// <param name="create">Makes one.</param>
    /// <param name="held">How many values the reader holds at a time, 1 to 100.</param>
    public LatestFrameSlot(Func<T> create, int held = 1)
    {
        _held = [.. Enumerable.Range(2, held)];
        _buffers = [.. Enumerable.Range(0, 2 + held).Select(_ => create())];
    }

    /// <summary>The writer's buffer. Belongs to the writer until <see cref="Publish"/>.</summary>
    public T Writing => _buffers[_writing];

    /// <summary>Whether a value waits that has not been taken.</summary>
    public bool HasFresh => (Volatile.Read(ref _ready) & Fresh) != 0;

    /// <summary>Every buffer, to dispose of them when writer and reader have stopped.</summary>
    public IReadOnlyList<T> Buffers => _buffers;

    /// <summary>Writer: makes the written value the newest; <see cref="Writing"/> is another buffer afterwards.</summary>
    /// <returns>True when a value that nobody took was overwritten.</returns>
    public bool Publish()
    {
        int replaced = Interlocked.Exchange(ref _ready, _writing | Fresh);
        _writing = replaced & IndexMask;
        return (replaced & Fresh) != 0;
    }

    /// <summary>
    /// Reader: the newest value, or null when there is none since the last call. Belongs to the reader until it has taken as many others as
    /// it may hold.
    /// </summary>
    public T? TryTake()
    {
        // Only the reader clears the flag, so it cannot vanish between this test and the exchange.
        if (!HasFresh)
        {
            return null;
        }

        int taken = Interlocked.Exchange(ref _ready, _held[_oldest]) & IndexMask;
        _held[_oldest] = taken;
        _oldest = (_oldest + 1) % _held.Length;
        return _buffers[taken];
    }
}

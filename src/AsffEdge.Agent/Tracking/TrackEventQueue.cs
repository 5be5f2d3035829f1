using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;

namespace AsffEdge.Agent.Tracking;

/// <summary>
/// Events on their way from the inference thread to the writer. Never waits and never grows: what opens something (a track, a stay in a
/// zone) is only taken while there is room to close everything that is open, so that nothing is opened that cannot be closed. Thread-safe.
/// </summary>
internal sealed class TrackEventQueue
{
    private readonly Lock _gate = new();
    private readonly TrackEvent[] _ring;
    private readonly Channel<bool> _changed = Channel.CreateBounded<bool>(1);
    private int _first;
    private int _count;
    private int _open;
    private long _refused;

    /// <param name="capacity">Most events that wait.</param>
    public TrackEventQueue(int capacity = 8192) => _ring = new TrackEvent[capacity];

    /// <summary>Events that there was no room for: they are told later or never.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>Adds an event. One that closes something always finds room.</summary>
    /// <returns>False when there is none.</returns>
    public bool TryAdd(in TrackEvent happened)
    {
        bool opens = happened.Kind is TrackEventKind.Start or TrackEventKind.ZoneEnter;
        bool closes = happened.Kind is TrackEventKind.End or TrackEventKind.ZoneLeave;
        lock (_gate)
        {
            int open = _open + (opens ? 1 : 0) - (closes ? 1 : 0);
            if (_count + 1 + open > _ring.Length)
            {
                _refused++;
                return false;
            }

            _open = open;
            _ring[(_first + _count++) % _ring.Length] = happened;
        }

        Wake();
        return true;
    }

    /// <summary>Takes the oldest event.</summary>
    public bool TryTake([MaybeNullWhen(false)] out TrackEvent happened)
    {
        lock (_gate)
        {
            happened = _count > 0 ? _ring[_first] : default;
            if (_count == 0)
            {
                return false;
            }

            _first = (_first + 1) % _ring.Length;
            _count--;
            return true;
        }
    }

    /// <summary>Wakes who waits.</summary>
    public void Wake() => _changed.Writer.TryWrite(true);

    /// <summary>Completes when there may be something to take.</summary>
    public ValueTask<bool> WaitAsync(CancellationToken ct) => _changed.Reader.ReadAsync(ct);
}

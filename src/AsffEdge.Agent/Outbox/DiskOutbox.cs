using System.Threading.Channels;
using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Health;
using AsffEdge.Messaging;
using Microsoft.Extensions.Logging;

namespace AsffEdge.Agent.Outbox;

/// <summary>
/// Keeps messages until the broker has them: in order, over crashes and power cuts, within bounds of bytes and age. What goes wrong with
/// the disk costs messages at worst, never the process: while it cannot be written, messages are kept in memory, fewer of them; a damaged
/// file is set aside and a new one begun. Thread-safe; waits for the disk, so nothing for the inference thread.
/// </summary>
internal sealed partial class DiskOutbox : IDisposable
{
    /// <summary>The file in the state directory.</summary>
    public const string FileName = "outbox.db";

    private const double KeptWhenFull = 0.95; // so that not every message that comes has to make room for itself
    private const long StoredAtOnce = 1 << 20; // bytes of what waits in memory
    private static readonly TimeSpan LateAfter = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AcknowledgeEvery = TimeSpan.FromSeconds(1);

    private static readonly FloorNotice Floor = new(
        HealthCode.DiskFloor,
        "mqtt.outbox.min_free_mb",
        "detections are no longer kept while the broker is away, events still are",
        "keep detections"
    );

    private readonly Lock _gate = new();
    private readonly long _maxBytes;
    private readonly long _maxAgeMs;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly long _started;
    private readonly Channel<bool> _changed = Channel.CreateBounded<bool>(1);
    private readonly OutboxDisk _disk;
    private readonly FreeSpaceFloor _floor;
    private readonly OutboxMemory _memory = new(); // newer than all on disk
    private readonly Dictionary<string, OpenTrack> _open = new(StringComparer.Ordinal);
    private bool _isKnown;
    private long _originMs;
    private long _lastId;
    private long _lastIdAtStart;
    private long _handedOut;
    private long _acknowledged;
    private long _removed;
    private long _removedAt;
    private long _dropped;

    /// <summary>Opens the outbox in a folder.</summary>
    /// <param name="folder">The state directory.</param>
    /// <param name="owner">Whose messages these are: topics and payloads name their agent, so another's are of no use.</param>
    /// <param name="options">The bounds.</param>
    /// <param name="degradations">Where it is said that its disk is nearly full.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The log.</param>
    public DiskOutbox(
        string folder,
        string owner,
        OutboxOptions options,
        Degradations degradations,
        TimeProvider time,
        ILogger<DiskOutbox> logger
    )
    {
        _maxBytes = (long)options.MaxMb << 20;
        _maxAgeMs = (long)TimeSpan.FromHours(options.MaxAgeH).TotalMilliseconds;
        _time = time;
        _logger = logger;
        _started = time.GetTimestamp();
        _disk = new OutboxDisk(Path.Combine(folder, FileName), owner, Adopt, time, logger);
        _floor = new FreeSpaceFloor(folder, options.MinFreeMb, Floor, degradations, time, logger);
        _disk.TryOpen();
    }

    /// <summary>How it is.</summary>
    public OutboxStatus Status
    {
        get
        {
            lock (_gate)
            {
                // What was acknowledged in the last second is on disk still, but waits for nobody.
                long? oldest = null;
                long acknowledged = 0;
                _disk.Try(database =>
                {
                    oldest = database.OldestMs(after: _acknowledged);
                    acknowledged = _acknowledged > _removed ? database.CountTo(_acknowledged) : 0;
                });
                oldest ??= _memory.OldestMs;
                return new OutboxStatus(
                    _disk.Count - acknowledged + _memory.Count,
                    _disk.Bytes + _memory.Bytes,
                    TimeSpan.FromMilliseconds(Math.Max(0, NowMs - (oldest ?? NowMs))),
                    _dropped + _disk.Lost,
                    _disk.Problem
                );
            }
        }
    }

    // Counts the time in which an agent ran. The host's clock may be set while it runs, or be years behind until then.
    private long NowMs => _originMs + (long)_time.GetElapsedTime(_started).TotalMilliseconds;

    /// <summary>The tracks that an earlier process began and did not end. Asked before the first <see cref="Append"/>.</summary>
    public IReadOnlyList<OpenTrack> OpenTracks()
    {
        lock (_gate)
        {
            return [.. _open.Values];
        }
    }

    /// <summary>Gives up a track whose end cannot be told.</summary>
    public void Forget(string track)
    {
        lock (_gate)
        {
            _open.Remove(track);
            _disk.Try(database => database.ReplaceOpenTracks(_open.Values));
        }
    }

    /// <summary>The topics of counts that were ever told; what they hold at the broker may be from before a crash.</summary>
    public IReadOnlyList<string> Counts()
    {
        lock (_gate)
        {
            List<string> topics = [];
            _disk.Try(database => topics = database.Counts());
            return topics;
        }
    }

    /// <summary>Remembers that a count is told on a topic.</summary>
    public void RememberCount(string topic)
    {
        lock (_gate)
        {
            _disk.Try(database => database.RememberCount(topic));
        }
    }

    /// <summary>
    /// Keeps messages. When it returns they are on disk, unless <see cref="OutboxStatus.Problem"/> says why not. Detections are dropped where
    /// the room is needed for events: on a disk that is nearly full or cannot be written.
    /// </summary>
    public void Append(IReadOnlyCollection<OutboxEntry> entries)
    {
        lock (_gate)
        {
            StoreMemory();
            bool isForEventsOnly = _disk.Problem is not null || _floor.IsBelow();
            List<OutboxMessage> messages = new(entries.Count);
            foreach (OutboxEntry entry in entries)
            {
                if (isForEventsOnly && entry.Kind == OutboxKind.Detections)
                {
                    Drop(1);
                    continue;
                }

                messages.Add(new OutboxMessage(++_lastId, NowMs, entry));
                NoteTrack(entry);
            }

            if (_disk.Problem is not null || !TryStore(messages))
            {
                Drop(messages.Sum(_memory.Add));
            }
        }

        _changed.Writer.TryWrite(true);
    }

    /// <summary>Id of the newest message; each has the one after that of the message before.</summary>
    public long LastId
    {
        get
        {
            lock (_gate)
            {
                return _lastId;
            }
        }
    }

    /// <summary>The oldest messages that are not acknowledged, in order.</summary>
    /// <param name="most">How many at most.</param>
    /// <param name="after">Only those after this id, for who has those up to it in hand already.</param>
    public IReadOnlyList<OutboxMessage> Peek(int most, long after = 0)
    {
        lock (_gate)
        {
            after = Math.Max(after, _acknowledged);
            List<OutboxMessage> messages = [];
            List<long> damaged = [];
            bool isRead = _disk.Try(database => messages = database.Read(after, most, damaged));
            damaged.ForEach(DropDamaged);

            // What is on disk comes first; while it cannot be read, what is in memory waits.
            if ((isRead || _disk.Count == 0) && messages.Count < most)
            {
                messages.AddRange(
                    _memory
                        .Messages.Where(message => message.Id > after)
                        .Take(most - messages.Count)
                );
            }

            _handedOut = messages.Count > 0 ? Math.Max(_handedOut, messages[^1].Id) : _handedOut;
            return messages;
        }
    }

    /// <summary>Whether a message has waited long enough to be old news: an earlier process wrote it, or it waited seconds.</summary>
    public bool IsLate(OutboxMessage message) =>
        message.Id <= _lastIdAtStart || NowMs - message.CreatedMs > LateAfter.TotalMilliseconds;

    /// <summary>The broker has all messages up to this one, which <see cref="Peek"/> gave.</summary>
    public void Acknowledge(long id)
    {
        lock (_gate)
        {
            // Ids are given anew when a file can be opened at last that could not be at the start.
            if (id <= _acknowledged || id > _handedOut)
            {
                return;
            }

            _acknowledged = id;
            _memory.RemoveTo(id);
            if (_time.GetElapsedTime(_removedAt) >= AcknowledgeEvery)
            {
                RemoveAcknowledged();
            }
        }
    }

    /// <summary>The broker will never take this message, the oldest.</summary>
    public void Refuse(long id)
    {
        lock (_gate)
        {
            Acknowledge(id);
            Drop(1);
            Log.Refused(_logger, id);
        }
    }

    /// <summary>Removes what is acknowledged or too old, and tries a disk again that failed. To be called every second or so.</summary>
    public void Tidy()
    {
        lock (_gate)
        {
            _disk.Restore();
            RemoveAcknowledged();
            StoreMemory();
            if (_floor.IsBelow())
            {
                Drop(_disk.Remove(database => database.RemoveOldest(OutboxKind.Detections)));
            }

            long oldestAllowed = NowMs - _maxAgeMs;
            bool hasOld = false;
            _disk.Try(database => hasOld = database.OldestMs() < oldestAllowed);
            if (hasOld)
            {
                Drop(_disk.Remove(database => database.RemoveBefore(oldestAllowed)));
            }
        }
    }

    /// <summary>Completes when there may be something to send.</summary>
    public ValueTask<bool> WaitAsync(CancellationToken ct) => _changed.Reader.ReadAsync(ct);

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            RemoveAcknowledged();
            StoreMemory();
            _disk.Close();
        }
    }
}

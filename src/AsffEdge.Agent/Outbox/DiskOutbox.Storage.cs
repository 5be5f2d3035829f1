namespace AsffEdge.Agent.Outbox;

/// <content>Between disk and memory, and what has to go when there is no room. All of it holds the lock.</content>
internal sealed partial class DiskOutbox
{
    private void Adopt(OutboxDatabase database)
    {
        _removed = 0;
        if (_isKnown)
        {
            _disk.Try(reopened => reopened.ReplaceOpenTracks(_open.Values));
            return;
        }

        // The messages of earlier processes come first, also where the file cannot be opened until messages of this one wait in memory.
        (_lastId, _originMs) = database.Newest();
        (_lastIdAtStart, _acknowledged, _handedOut) = (_lastId, 0, 0);
        _memory.Replace(message =>
            message with
            {
                Id = ++_lastId,
                CreatedMs = message.CreatedMs + _originMs,
            }
        );
        foreach (OpenTrack track in database.OpenTracks())
        {
            _open.TryAdd(track.Track, track);
        }

        _isKnown = true;
    }

    private void NoteTrack(OutboxEntry entry)
    {
        if (entry is { Track: { } ended, EndsTrack: true })
        {
            _open.Remove(ended);
        }
        else if (entry.Track is { } track)
        {
            _open[track] = new OpenTrack(track, entry.Topic, entry.Payload);
        }
    }

    // Puts what waits in memory on the disk again, as much as there is room for: the rest would be lost once memory is full. Opening the disk may give
    // the messages other ids.
    private void StoreMemory()
    {
        if (_disk.Problem is null || !_disk.IsDue || !_disk.TryOpen())
        {
            return;
        }

        do
        {
            List<OutboxMessage> oldest = _memory.Oldest(StoredAtOnce);
            if (!TryStore(oldest))
            {
                return;
            }

            if (oldest is [.., { } stored])
            {
                _memory.RemoveTo(stored.Id);
            }
        } while (_memory.Count > 0);

        if (_disk.Try(database => database.ReplaceOpenTracks(_open.Values)))
        {
            _disk.NoteSuccess();
        }
    }

    private bool TryStore(List<OutboxMessage> messages)
    {
        long bytes = messages.Sum(message => message.Size);
        if (_disk.Bytes + bytes > _maxBytes)
        {
            RemoveAcknowledged();
            DropOldest(OutboxKind.Detections, bytes);
            DropOldest(OutboxKind.Event, bytes);
        }

        return _disk.TryAdd(messages);
    }

    private void DropOldest(OutboxKind kind, long room)
    {
        if (_disk.Bytes + room > _maxBytes)
        {
            long excess = _disk.Bytes + room - (long)(KeptWhenFull * _maxBytes);
            Drop(_disk.Remove(database => database.RemoveOldest(kind, excess)));
        }
    }

    private void DropDamaged(long id)
    {
        Drop(_disk.Remove(database => database.Remove(id)));
        Log.DamagedMessage(_logger, id);
    }

    private void RemoveAcknowledged()
    {
        if (_acknowledged > _removed)
        {
            if (_disk.Remove(database => database.RemoveTo(_acknowledged)) is not null)
            {
                _removed = _acknowledged;
            }

            _removedAt = _time.GetTimestamp();
        }
    }

    private void Drop(long? gone)
    {
        long count = gone ?? 0;
        // The 1st, 2nd, 4th, 8th… time, so that a full outbox does not fill the log too.
        long before = _dropped;
        _dropped += count;
        if (count > 0 && (before == 0 || long.Log2(_dropped) > long.Log2(before)))
        {
            Log.Dropped(_logger, _dropped);
        }
    }
}

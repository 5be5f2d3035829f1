namespace AsffEdge.Agent.Outbox;

/// <summary>Messages that wait in memory because the disk does not take them: bounded, and lost with the process. Not thread-safe.</summary>
internal sealed class OutboxMemory
{
    private const long MostBytes = 8 << 20;

    private readonly Queue<OutboxMessage> _messages = new();
    private long _bytes;

    /// <summary>Bytes counted for them.</summary>
    public long Bytes => _bytes;

    /// <summary>How many.</summary>
    public int Count => _messages.Count;

    /// <summary>The messages, oldest first.</summary>
    public IReadOnlyCollection<OutboxMessage> Messages => _messages;

    /// <summary>When the oldest came; null: there is none.</summary>
    public long? OldestMs => _messages.TryPeek(out OutboxMessage? first) ? first.CreatedMs : null;

    /// <summary>Adds a message.</summary>
    /// <returns>How many old ones had to go for it.</returns>
    public int Add(OutboxMessage message)
    {
        _messages.Enqueue(message);
        _bytes += message.Size;
        int gone = 0;
        for (; _bytes > MostBytes; gone++)
        {
            _bytes -= _messages.Dequeue().Size;
        }

        return gone;
    }

    /// <summary>The oldest messages, in order.</summary>
    /// <param name="bytes">As many as come to that; one at least, if there is one.</param>
    public List<OutboxMessage> Oldest(long bytes)
    {
        List<OutboxMessage> oldest = [];
        foreach (OutboxMessage message in _messages)
        {
            if (bytes <= 0)
            {
                break;
            }

            bytes -= message.Size;
            oldest.Add(message);
        }

        return oldest;
    }

    /// <summary>Removes the messages up to an id.</summary>
    public void RemoveTo(long id)
    {
        while (_messages.TryPeek(out OutboxMessage? first) && first.Id <= id)
        {
            _bytes -= _messages.Dequeue().Size;
        }
    }

    /// <summary>Replaces every message by another of its size.</summary>
    public void Replace(Func<OutboxMessage, OutboxMessage> by)
    {
        OutboxMessage[] messages = [.. _messages];
        _messages.Clear();
        foreach (OutboxMessage message in messages)
        {
            _messages.Enqueue(by(message));
        }
    }
}

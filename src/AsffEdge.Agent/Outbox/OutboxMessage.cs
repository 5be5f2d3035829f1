namespace AsffEdge.Agent.Outbox;

/// <summary>What kind of message waits: when there is no room, detections go before events.</summary>
internal enum OutboxKind
{
    /// <summary>An event of a track.</summary>
    Event = 0,

    /// <summary>The detections of a frame.</summary>
    Detections = 1,
}

/// <summary>A message to be kept until the broker has it.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Topic">Its topic.</param>
/// <param name="Payload">Its payload, JSON.</param>
internal sealed record OutboxEntry(OutboxKind Kind, string Topic, byte[] Payload)
{
    /// <summary>The track that the message is about; null: none.</summary>
    public string? Track { get; init; }

    /// <summary>Whether <see cref="Track"/> has ended with it.</summary>
    public bool EndsTrack { get; init; }
}

/// <summary>A message that waits.</summary>
/// <param name="Id">Grows with every message.</param>
/// <param name="CreatedMs">When it came, on the clock of the outbox.</param>
/// <param name="Entry">The message.</param>
internal sealed record OutboxMessage(long Id, long CreatedMs, OutboxEntry Entry)
{
    /// <summary>Bytes that are counted for it.</summary>
    public int Size => SizeOf(Entry);

    /// <summary>Bytes that are counted for a message: its content, and what the database needs for it.</summary>
    public static int SizeOf(OutboxEntry entry) => entry.Payload.Length + entry.Topic.Length + 64;
}

/// <summary>A track that was told to start and not to end.</summary>
/// <param name="Track">Its id.</param>
/// <param name="Topic">Where it is told.</param>
/// <param name="LastEvent">Payload of its last event.</param>
internal sealed record OpenTrack(string Track, string Topic, byte[] LastEvent);

/// <summary>How the outbox is.</summary>
/// <param name="Depth">Messages that wait.</param>
/// <param name="Bytes">Bytes counted for them.</param>
/// <param name="OldestAge">How long the oldest has; zero: there is none.</param>
/// <param name="Dropped">Messages lost since the process started.</param>
/// <param name="Problem">Why messages are kept in memory only; null: they are on disk.</param>
internal readonly record struct OutboxStatus(
    long Depth,
    long Bytes,
    TimeSpan OldestAge,
    long Dropped,
    string? Problem
);

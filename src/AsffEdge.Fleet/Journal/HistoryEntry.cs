namespace AsffEdge.Fleet.Journal;

/// <summary>Who has told whom what: from the journal, from the broker, or both.</summary>
internal sealed record HistoryEntry
{
    /// <summary>When, UTC; null: its author did not say.</summary>
    public DateTime? Ts { get; init; }

    /// <summary>Who; null: the author did not say.</summary>
    public string? By { get; init; }

    /// <summary>The roll-out in the journal; null: only the broker or an agent knows of it.</summary>
    public string? Id { get; init; }

    /// <summary>Whether it brought back what was before that roll-out.</summary>
    public bool Undo { get; init; }

    /// <summary>The profile; null: the documents of this revision are known to nobody but the agents, for example because a command brought them.</summary>
    public string? Profile { get; init; }

    /// <summary>The cameras that alone were to run it; null: all.</summary>
    public IReadOnlyList<string>? Only { get; init; }

    /// <summary>Cameras with a profile of their own; null: none.</summary>
    public IReadOnlyDictionary<string, string>? Cameras { get; init; }

    /// <summary>The groups that were told by their document; null: each agent by its own.</summary>
    public IReadOnlyList<string>? Groups { get; init; }

    /// <summary>The agents it is about.</summary>
    public required IReadOnlyList<string> Agents { get; init; }

    /// <summary>The revision, which a few of the agents may have had greater.</summary>
    public required long Rev { get; init; }

    /// <summary>How the roll-out ended; <c>unfinished</c>: the journal does not say; null: it is not in the journal.</summary>
    public string? Outcome { get; init; }

    /// <summary>How many agents had come to what, by outcome, when the roll-out ended; null: not known.</summary>
    public IReadOnlyDictionary<string, int>? Counts { get; init; }

    /// <summary>The agents that were not done when the roll-out ended; null: none, or not known.</summary>
    public IReadOnlyList<JournalAgent>? Others { get; init; }

    /// <summary>How many agents run by it now, as they report.</summary>
    public int InForce { get; init; }
}

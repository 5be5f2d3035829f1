using System.Text.Json.Serialization;
using AsffEdge.Fleet.Rollouts;
using AsffEdge.Messaging;

namespace AsffEdge.Fleet.Journal;

/// <summary>A line of the journal.</summary>
/// <param name="Id">Which roll-out.</param>
/// <param name="Ts">When, UTC.</param>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "event")]
[JsonDerivedType(typeof(RolloutStarted), "started")]
[JsonDerivedType(typeof(RolloutEnded), "ended")]
internal abstract record JournalLine(string Id, DateTime Ts);

/// <summary>Written before anything is sent.</summary>
internal sealed record RolloutStarted(string Id, DateTime Ts) : JournalLine(Id, Ts)
{
    /// <summary>The broker and the root of the topics, <c>HOST:PORT/ROOT</c>.</summary>
    public required string Broker { get; init; }

    /// <summary>Who wants it.</summary>
    public required string By { get; init; }

    /// <summary>The profile to run.</summary>
    public required string Profile { get; init; }

    /// <summary>The cameras that alone are to run it; null: all.</summary>
    public IReadOnlyList<string>? Only { get; init; }

    /// <summary>Cameras with a profile of their own; null: none.</summary>
    public IReadOnlyDictionary<string, string>? Cameras { get; init; }

    /// <summary>The groups that are told by their document; null: each agent has its own.</summary>
    public IReadOnlyList<string>? Groups { get; init; }

    /// <summary>The agents that are to answer, in the order of the waves.</summary>
    public required IReadOnlyList<string> Agents { get; init; }

    /// <summary>Sizes of the waves.</summary>
    public required IReadOnlyList<int> Waves { get; init; }

    /// <summary>The documents' revisions by agent or group.</summary>
    public required JournalRevisions Revs { get; init; }
}

/// <summary>Written when a roll-out has ended, however it ended. A roll-out without it was killed, or is going on.</summary>
internal sealed record RolloutEnded(string Id, DateTime Ts) : JournalLine(Id, Ts)
{
    /// <summary>How it ended.</summary>
    public required RolloutEnd End { get; init; }

    /// <summary>The agents that are done.</summary>
    public required IReadOnlyList<string> Done { get; init; }

    /// <summary>The other agents.</summary>
    public required IReadOnlyList<JournalAgent> Others { get; init; }

    /// <summary>The revisions by which it was undone; null: it was not.</summary>
    public JournalRevisions? UndoRevs { get; init; }
}

/// <summary>An agent that is not done.</summary>
/// <param name="Agent">Its id.</param>
/// <param name="Outcome">What has become of it.</param>
/// <param name="Code">Why; null where there is nothing to explain.</param>
/// <param name="Detail">A sentence for people, or null.</param>
internal sealed record JournalAgent(
    string Agent,
    AgentOutcome Outcome,
    ResultCode? Code,
    string? Detail
);

/// <summary>Revisions by agent or group, most of which are the same.</summary>
/// <param name="Rev">That of everybody whom <paramref name="Others"/> does not name.</param>
/// <param name="Others">The others; null: none.</param>
internal sealed record JournalRevisions(long Rev, IReadOnlyDictionary<string, long>? Others)
{
    /// <summary>The revisions of <paramref name="documents"/>, at least one.</summary>
    public static JournalRevisions Of(IReadOnlyCollection<(string Name, long Rev)> documents)
    {
        long common = documents.CountBy(document => document.Rev).MaxBy(rev => rev.Value).Key;
        Dictionary<string, long> others = documents
            .Where(document => document.Rev != common)
            .ToDictionary(
                document => document.Name,
                document => document.Rev,
                StringComparer.Ordinal
            );
        return new JournalRevisions(common, others.Count > 0 ? others : null);
    }

    /// <summary>The revision of one.</summary>
    public long Of(string name) => Others?.GetValueOrDefault(name, Rev) ?? Rev;
}

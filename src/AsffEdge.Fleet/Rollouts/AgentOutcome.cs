using System.Text.Json;
using System.Text.Json.Serialization;
using AsffEdge.Messaging;

namespace AsffEdge.Fleet.Rollouts;

/// <summary>What has become of one agent in a roll-out.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<AgentOutcome>))]
internal enum AgentOutcome
{
    /// <summary>Its wave did not start.</summary>
    NotTold,

    /// <summary>Told; it has not answered yet.</summary>
    Waiting,

    /// <summary>The document is being prepared, or in force and being watched.</summary>
    Pending,

    /// <summary>In force and settled.</summary>
    Done,

    /// <summary>The agent has refused it.</summary>
    Rejected,

    /// <summary>It was in force and did not settle.</summary>
    RolledBack,

    /// <summary>It did not settle, and is in force all the same, because the policy forbids to go back.</summary>
    Kept,

    /// <summary>Somebody else has told the agent something newer.</summary>
    Superseded,

    /// <summary>A group's document that the agent holds, while a stronger one is in force there.</summary>
    Overridden,

    /// <summary>Told while it was online, and not answered in time.</summary>
    NoAnswer,

    /// <summary>Still being watched when the time was up.</summary>
    NotSettled,

    /// <summary>The broker has not taken the document.</summary>
    NotSent,

    /// <summary>Not connected when it was told, nor since; it catches up by the retained document.</summary>
    Offline,
}

/// <summary>What an agent has said about a document.</summary>
/// <param name="Outcome">One of those that agents decide.</param>
/// <param name="Code">Why; null where there is nothing to explain.</param>
/// <param name="Detail">A sentence for people, or null.</param>
internal readonly record struct Verdict(AgentOutcome Outcome, ResultCode? Code, string? Detail)
{
    /// <summary>The agent has said nothing.</summary>
    public static readonly Verdict None = new(AgentOutcome.Waiting, null, null);
}

/// <summary>What outcomes mean for a roll-out.</summary>
internal static class AgentOutcomes
{
    /// <summary>Whether it counts towards the failures at which a roll-out stops.</summary>
    public static bool IsFailure(this AgentOutcome outcome) =>
        outcome
            is AgentOutcome.Rejected
                or AgentOutcome.RolledBack
                or AgentOutcome.Kept
                or AgentOutcome.Superseded
                or AgentOutcome.NoAnswer
                or AgentOutcome.NotSettled
                or AgentOutcome.NotSent;

    /// <summary>Whether a wave waits for it.</summary>
    public static bool IsOpen(this AgentOutcome outcome) =>
        outcome is AgentOutcome.Waiting or AgentOutcome.Pending;
}

/// <summary>Writes an enumeration as the contract's are written.</summary>
internal sealed class SnakeCaseEnumConverter<T>()
    : JsonStringEnumConverter<T>(JsonNamingPolicy.SnakeCaseLower)
    where T : struct, Enum;

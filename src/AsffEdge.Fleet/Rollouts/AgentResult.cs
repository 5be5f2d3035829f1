using AsffEdge.Messaging;

namespace AsffEdge.Fleet.Rollouts;

/// <summary>One agent of a roll-out, as it stands.</summary>
/// <param name="Agent">Its id.</param>
/// <param name="Wave">Its wave, from 1.</param>
/// <param name="Source">By whose document it is told, as <c>reported</c> names it.</param>
/// <param name="Rev">The document's revision.</param>
/// <param name="Outcome">What has become of it.</param>
/// <param name="Code">Why; null where there is nothing to explain.</param>
/// <param name="Detail">A sentence for people, or null.</param>
/// <param name="TookMs">Milliseconds from the wave's start to the last news; null: none.</param>
internal sealed record AgentResult(
    string Agent,
    int Wave,
    string Source,
    long Rev,
    AgentOutcome Outcome,
    ResultCode? Code,
    string? Detail,
    double? TookMs
)
{
    /// <summary>What became of bringing back what was before; null: not tried.</summary>
    public AgentResult? Undo { get; init; }
}

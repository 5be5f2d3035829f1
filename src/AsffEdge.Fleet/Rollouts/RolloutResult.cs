namespace AsffEdge.Fleet.Rollouts;

/// <summary>What a roll-out comes to.</summary>
/// <param name="End">How it ended.</param>
/// <param name="Agents">Every agent, in the order of the waves.</param>
/// <param name="Waves">How long each wave took that started.</param>
/// <param name="Problems">What the broker has refused, a sentence each.</param>
internal sealed record RolloutResult(
    RolloutEnd End,
    IReadOnlyList<AgentResult> Agents,
    IReadOnlyList<TimeSpan> Waves,
    IReadOnlyList<string> Problems
);

/// <summary>How a roll-out goes about it.</summary>
/// <param name="Timeout">How long an agent may take to answer, beyond the time it watches the change.</param>
/// <param name="MaxFailures">The most failures with which it goes on.</param>
/// <param name="Undo">Whether what was before is brought back when it stops.</param>
internal sealed record RolloutOptions(TimeSpan Timeout, int MaxFailures, bool Undo);

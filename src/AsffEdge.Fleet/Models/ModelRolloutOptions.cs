namespace AsffEdge.Fleet.Models;

/// <summary>How the roll-out of a model goes about it.</summary>
/// <param name="FetchWithin">How long an agent may take to fetch and check the file.</param>
/// <param name="AnswerWithin">How long it may take to answer beyond the times that it was told to take.</param>
/// <param name="MaxFailures">The most failures with which the roll-out goes on.</param>
/// <param name="Undo">Whether agents are told to go back when it stops.</param>
internal sealed record ModelRolloutOptions(
    TimeSpan FetchWithin,
    TimeSpan AnswerWithin,
    int MaxFailures,
    bool Undo
);

namespace AsffEdge.Agent.Commands;

/// <summary>A turn of <see cref="PipelineTurns"/>.</summary>
/// <param name="Kind">Its kind, from 0.</param>
/// <param name="IsMeasured">Whether it counts.</param>
internal readonly record struct PipelineTurn(int Kind, bool IsMeasured);

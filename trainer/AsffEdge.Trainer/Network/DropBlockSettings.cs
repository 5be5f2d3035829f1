namespace AsffEdge.Trainer.Network;

/// <summary>How DropBlock drops during a step.</summary>
/// <param name="BlockSizes">Odd block sizes, one a site.</param>
/// <param name="Keep">Probability to keep, 0..1.</param>
public sealed record DropBlockSettings(IReadOnlyList<int> BlockSizes, double Keep);

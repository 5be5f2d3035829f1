namespace AsffEdge.Trainer.Network;

/// <summary>How DropBlock drops during a step.</summary>
/// <param name="BlockSizes">Odd block sizes, one a site (0 = the coarsest level).</param>
/// <param name="Keep">Probability to keep, 0..1.</param>
/// <param name="Seed">The masks follow from this and the site alone; another number for every step.</param>
public sealed record DropBlockSettings(IReadOnlyList<int> BlockSizes, double Keep, ulong Seed);

namespace AsffEdge.Trainer.Visualization;

/// <summary>What a network computed at one pyramid level, cell by cell.</summary>
/// <param name="Level">The level, 0 = coarsest.</param>
/// <param name="Stride">Input pixels a cell.</param>
/// <param name="Side">Cells a side.</param>
/// <param name="FirstSource">The level that the first of <paramref name="Weights"/> belongs to; the others follow it.</param>
/// <param name="Weights">
/// The fusion weights (Eq. 1: α, β, γ at this level) of the maps that come from the three finest levels, coarsest first, each Side² values 0..1, row by row; none
/// where the network does not weigh its levels.
/// </param>
/// <param name="Activation">The level's map before its head, summed over the channels; Side² values.</param>
internal sealed record LevelMaps(
    int Level,
    int Stride,
    int Side,
    int FirstSource,
    IReadOnlyList<float[]> Weights,
    float[] Activation
);

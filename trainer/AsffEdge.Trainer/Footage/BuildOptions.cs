using AsffEdge.Detection;

namespace AsffEdge.Trainer.Footage;

/// <summary>How packs become a data set.</summary>
/// <param name="Split">How it is divided.</param>
/// <param name="NearBits">Greatest distance of two <see cref="DifferenceHash"/>es of near-duplicates; below 0 keeps them.</param>
/// <param name="TakeUnmasked">Whether pictures without privacy masks are taken.</param>
internal sealed record BuildOptions(SplitOptions Split, int NearBits, bool TakeUnmasked);

/// <summary>What became of the packs' pictures.</summary>
/// <param name="Images">Pictures that the packs held.</param>
/// <param name="Duplicates">Left out: byte for byte the same as another one.</param>
/// <param name="NearDuplicates">Left out: show what another one shows.</param>
/// <param name="InGap">Left out: too near in time to one that is held out.</param>
/// <param name="Train">Pictures to train on, those of the base included.</param>
/// <param name="Validation">Pictures held out, likewise.</param>
internal sealed record BuildReport(
    int Images,
    int Duplicates,
    int NearDuplicates,
    int InGap,
    int Train,
    int Validation
)
{
    /// <summary>Packs that were in the base or named twice.</summary>
    public int KnownPacks { get; init; }
}

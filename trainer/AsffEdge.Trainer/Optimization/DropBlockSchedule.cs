using AsffEdge.Trainer.Network;

namespace AsffEdge.Trainer.Optimization;

/// <summary>
/// DropBlock's blocks over the epochs: they grow as the features become robust. A pure function of the epoch, so that a resumed run
/// continues it exactly. The authors' epochs are those of ASFF*, which trains 1.5 × the 300 epochs of the other models (paper,
/// Section 4.4); a run of another length passes through the same blocks at the same shares of its epochs.
/// </summary>
public static class DropBlockSchedule
{
    private const int ReferenceEpochs = 450;
    private const double Keep = 0.9;

    private static readonly (int FromEpoch, int[] BlockSizes)[] Phases =
    [
        (150, [7, 7, 7]),
        (80, [3, 5, 7]),
        (5, [1, 3, 5]),
    ];

    /// <summary>What is dropped in an epoch; null: nothing yet.</summary>
    /// <param name="epoch">Epoch, from 0.</param>
    /// <param name="epochs">Epochs of the whole training, at least 1.</param>
    /// <param name="seed">The step's own number, from which its masks follow.</param>
    public static DropBlockSettings? At(int epoch, int epochs, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(epoch);
        ArgumentOutOfRangeException.ThrowIfLessThan(epochs, 1);
        foreach ((int fromEpoch, int[] blockSizes) in Phases)
        {
            // Whole numbers: no rounding moves a phase by an epoch.
            if ((long)epoch * ReferenceEpochs >= (long)fromEpoch * epochs)
            {
                return new DropBlockSettings(blockSizes, Keep, seed);
            }
        }

        return null;
    }
}

using AsffEdge.Trainer.Network;
using TorchSharp;
using static TorchSharp.torch;

namespace AsffEdge.Trainer.Checkpoints;

/// <summary>
/// Weights that a training starts from: those of a checkpoint (one of an earlier training, or an imported one) wherever name and shape fit,
/// fresh ones elsewhere, as for the predictions of other classes.
/// </summary>
public static class StartingWeights
{
    /// <summary>Makes the state.</summary>
    /// <param name="path">The checkpoint.</param>
    /// <param name="network">The network that is trained.</param>
    /// <param name="seed">Makes the fresh weights repeatable.</param>
    /// <param name="device">Where the tensors live.</param>
    /// <returns>The state, and how many of its tensors are the checkpoint's.</returns>
    /// <exception cref="InvalidDataException">The file is no checkpoint, or none of its tensors fits; the message names the file.</exception>
    public static (NetworkState State, int Taken) Load(
        string path,
        NetworkConfiguration network,
        int seed,
        Device? device = null
    )
    {
        (NetworkState from, CheckpointInfo info) = Checkpoint.Load(path);
        using (from)
        using (NetworkState fresh = NetworkState.Initialise(network, seed))
        {
            Dictionary<string, StateEntry> there = from.Entries.ToDictionary(entry => entry.Name);
            int taken = 0;
            NetworkState state = NetworkState.Create(
                network,
                entry =>
                {
                    bool fits =
                        there.TryGetValue(entry.Name, out StateEntry? other)
                        && other.Shape.SequenceEqual(entry.Shape);
                    taken += fits ? 1 : 0;
                    return (fits ? from : fresh)[entry.Name];
                },
                device
            );
            if (taken > 0)
            {
                return (state, taken);
            }

            state.Dispose();
            throw new InvalidDataException(
                $"{path}: no tensor fits; it holds {info.Network.Variant} (backbone_width {info.Network.BackboneWidth}, neck_width {info.Network.NeckWidth}), and {network.Variant} (backbone_width {network.BackboneWidth}, neck_width {network.NeckWidth}) is trained"
            );
        }
    }
}

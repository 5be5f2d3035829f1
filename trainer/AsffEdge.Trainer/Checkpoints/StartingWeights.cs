using AsffEdge.Trainer.Footage;
using AsffEdge.Trainer.Network;
using AsffEdge.Trainer.Optimization;
using TorchSharp;
using static TorchSharp.torch;

namespace AsffEdge.Trainer.Checkpoints;

/// <summary>
/// Weights that a training starts from: those of a checkpoint (one of an earlier training, or an imported one) or of an exported ONNX file wherever name and shape fit,
/// fresh ones elsewhere, as for the predictions of other classes.
/// </summary>
public static class StartingWeights
{
    /// <summary>Makes the state.</summary>
    /// <param name="path">The checkpoint or ONNX file.</param>
    /// <param name="network">The network that is trained.</param>
    /// <param name="seed">Makes the fresh weights repeatable.</param>
    /// <param name="device">Where the tensors live.</param>
    /// <returns>The state, and how many of its tensors are the file's.</returns>
    /// <exception cref="InvalidDataException">The file is neither, or none of its tensors fits; the message names the file.</exception>
    public static (NetworkState State, int Taken) Load(
        string path,
        NetworkConfiguration network,
        int seed,
        Device? device = null
    ) =>
        OnnxWeights.IsOnnx(path)
            ? LoadOnnx(path, network, seed, device)
            : LoadCheckpoint(path, network, seed, device);

    /// <summary>Name, version and hash of the model that a training starts from.</summary>
    /// <exception cref="InvalidDataException">The file is neither a checkpoint nor an exported model.</exception>
    public static FootageModel Describe(string path)
    {
        if (OnnxWeights.IsOnnx(path))
        {
            OnnxWeights weights = OnnxWeights.Read(path);
            return new FootageModel(
                weights.Manifest.Name,
                weights.Manifest.Version,
                weights.Sha256
            );
        }

        CheckpointInfo info = Checkpoint.Describe(path);
        return FootageModel.OfFile(info.Name, info.Version, path);
    }

    private static (NetworkState State, int Taken) LoadOnnx(
        string path,
        NetworkConfiguration network,
        int seed,
        Device? device
    )
    {
        OnnxWeights weights = OnnxWeights.Read(path);
        RequireSameBases(path, weights, network);
        // Numbers that are wrapped for one call must not be freed in it.
        using CollectionPause pause = CollectionPause.Start();
        using NetworkState fresh = NetworkState.Initialise(network, seed);
        Dictionary<string, StateEntry> shapes = fresh.Entries.ToDictionary(entry => entry.Name);
        int taken = 0;
        NetworkState state = NetworkState.Create(
            network,
            entry =>
            {
                Tensor? found = weights.Find(entry, shapes);
                taken += found is null ? 0 : 1;
                return found ?? fresh[entry.Name];
            },
            device
        );
        if (taken > 0)
        {
            return (state, taken);
        }

        state.Dispose();
        throw new InvalidDataException(
            $"{path}: no tensor fits {network.Variant} (backbone_width {network.BackboneWidth}, neck_width {network.NeckWidth}), which is trained"
        );
    }

    // The base shapes are constants of the graph, and what the weights learnt is relative to them.
    private static void RequireSameBases(
        string path,
        OnnxWeights weights,
        NetworkConfiguration network
    )
    {
        string Text(IEnumerable<IReadOnlyList<float[]>> levels) =>
            string.Join(
                " | ",
                levels.Select(bases =>
                    string.Join(" ", bases.Select(shape => $"({shape[0]}, {shape[1]})"))
                )
            );
        string file = Text(weights.Manifest.Heads.Select(head => head.Bases));
        string configured = Text(DetectorNetwork.Levels(network).Select(level => level.Bases));
        if (file != configured)
        {
            throw new InvalidDataException(
                $"{path}: its base shapes are {file}; the configuration's (model.anchors) are {configured}: they must be the same"
            );
        }
    }

    private static (NetworkState State, int Taken) LoadCheckpoint(
        string path,
        NetworkConfiguration network,
        int seed,
        Device? device
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

using AsffEdge.Detection;
using AsffEdge.Trainer.Checkpoints;
using AsffEdge.Trainer.Network;

namespace AsffEdge.Trainer.Tests;

/// <summary>A RetinaNet small enough for a test of its surroundings.</summary>
internal static class TinyRetinaNet
{
    public static NetworkConfiguration Configuration(FusionKind fusion) =>
        Variants.Create("retinanet_r50", classes: 2) with
        {
            BackboneWidth = 0.125,
            NeckWidth = 0.125,
            Fusion = fusion,
        };

    /// <summary>Fresh weights whose residual branches add little, so that the maps keep their scale without batch statistics.</summary>
    public static NetworkState Scaled(NetworkConfiguration network)
    {
        using NetworkState fresh = NetworkState.Initialise(network, seed: 3);
        return NetworkState.Create(
            network,
            entry =>
                entry.Name.EndsWith("expand.norm.weight", StringComparison.Ordinal)
                && entry.Name.StartsWith("backbone.", StringComparison.Ordinal)
                    ? TorchSharp.torch.full_like(fresh[entry.Name], 0.2)
                    : fresh[entry.Name]
        );
    }

    /// <summary>Writes a checkpoint of it.</summary>
    public static void Save(string path, FusionKind fusion)
    {
        NetworkConfiguration network = Configuration(fusion);
        using NetworkState state = Scaled(network);
        Checkpoint.Save(
            path,
            state,
            new CheckpointInfo(
                "tiny-retinanet",
                "0.0.1",
                network,
                ["person", "car"],
                new ThresholdManifest(0.01f, 0.5f),
                []
            )
        );
    }
}

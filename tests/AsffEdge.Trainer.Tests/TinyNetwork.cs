using AsffEdge.Detection;
using AsffEdge.Trainer.Checkpoints;
using AsffEdge.Trainer.Network;
using static TorchSharp.torch;

namespace AsffEdge.Trainer.Tests;

/// <summary>A real network small enough for a test of its surroundings.</summary>
internal static class TinyNetwork
{
    public static NetworkConfiguration Configuration { get; } =
        Variants.Create("mobilenetv2_asff", 1) with
        {
            BackboneWidth = 0.1,
            NeckWidth = 0.1,
        };

    public static CheckpointInfo Describe() =>
        new("tiny", "0.0.1", Configuration, ["person"], new ThresholdManifest(0.3f, 0.6f), []);

    /// <summary>Random weights, but every cell's objectness starts at ½, so that they find something.</summary>
    public static NetworkState Eager()
    {
        using NetworkState fresh = NetworkState.Initialise(Configuration, seed: 1);
        return NetworkState.Create(
            Configuration,
            entry =>
                entry.Name.EndsWith("prediction.bias", StringComparison.Ordinal)
                    ? zeros([.. entry.Shape])
                    : fresh[entry.Name]
        );
    }
}

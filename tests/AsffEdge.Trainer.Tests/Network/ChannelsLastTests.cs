using AsffEdge.Trainer.Network;
using AsffEdge.Trainer.Optimization;
using TorchSharp;
using static TorchSharp.torch;

namespace AsffEdge.Trainer.Tests.Network;

/// <summary>Training lays pictures out channels-last; what a network makes of them does not depend on it.</summary>
public sealed class ChannelsLastTests
{
    [Theory]
    [InlineData("asff_star")]
    [InlineData("mobilenetv2_asff")]
    public void Both_layouts_give_the_same_maps_and_gradients(string variant)
    {
        NetworkConfiguration network = Variants.Create(variant, 2) with
        {
            BackboneWidth = 0.1,
            NeckWidth = 0.1,
        };
        using var pause = CollectionPause.Start();
        using DisposeScope scope = NewDisposeScope();
        using NetworkState state = NetworkState.Initialise(network, seed: 1);
        Tensor images = rand([2, 3, 96, 96], generator: new Generator(1));
        float[] usual = Run(state, network, images);
        float[] last = Run(
            state,
            network,
            images.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2)
        );
        Assert.Equal(usual.Length, last.Length);
        Assert.InRange(Close.WorstRelative(usual, last), 0, 1e-3);
    }

    /// <summary>The three levels' maps, then the gradient of their sum by the first convolution's weights.</summary>
    private static float[] Run(NetworkState state, NetworkConfiguration network, Tensor images)
    {
        Tensor[] maps = AsffYolo.ForwardMaps(new TorchOps(state, training: false), images, network);
        Tensor weights = state["backbone.stem.conv.weight"];
        Tensor sum = maps.Select(map => map.sum()).Aggregate((a, b) => a + b);
        Tensor gradient = autograd.grad([sum], [weights])[0];
        return
        [
            .. maps.Append(gradient)
                .SelectMany(map => map.detach().contiguous().data<float>().ToArray()),
        ];
    }
}

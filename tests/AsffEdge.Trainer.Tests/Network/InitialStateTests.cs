using AsffEdge.Trainer.Network;
using AsffEdge.Trainer.Optimization;
using TorchSharp;
using static TorchSharp.torch;

namespace AsffEdge.Trainer.Tests.Network;

public sealed class InitialStateTests
{
    [Fact]
    public void Convolutions_start_with_the_msra_variance_of_their_fan_in()
    {
        using CollectionPause pause = CollectionPause.Start();
        using DisposeScope scope = NewDisposeScope();
        NetworkConfiguration network = Variants.Create("asff_star", classes: 1) with
        {
            BackboneWidth = 0.25,
            NeckWidth = 0.125,
        };
        using NetworkState state = NetworkState.Initialise(network, seed: 1);
        int tested = 0;
        foreach (StateEntry entry in state.Entries)
        {
            // An estimate from n values is off by about √(2/n): 4,000 values are needed for a bound of 10 %.
            if (entry.Kind != StateKind.ConvolutionWeight || entry.Count < 4000)
            {
                continue;
            }

            bool near =
                entry.Name.EndsWith("guidance.weight") || entry.Name.EndsWith("prediction.weight");
            long fanIn = entry.Shape[1] * entry.Shape[2] * entry.Shape[3];
            // He et al., 2015: 2 / ((1 + a²)·fan-in), a = 0.1.
            double expected = near ? 1e-4 : 2 / (1.01 * fanIn);
            double variance = state[entry.Name].@var().item<float>();
            double mean = state[entry.Name].mean().item<float>();
            Assert.True(
                Math.Abs((variance / expected) - 1) < 0.1,
                $"{entry.Name}: variance {variance:G4}, expected {expected:G4}"
            );
            Assert.True(
                Math.Abs(mean) < 5 * Math.Sqrt(expected / entry.Count),
                $"{entry.Name}: mean {mean:G4}"
            );
            tested++;
        }

        Assert.InRange(tested, 50, 200);
    }

    [Theory]
    [InlineData(true, 4)]
    [InlineData(false, 3)]
    public void Objectness_starts_at_its_prior(bool anchorFree, int predictions)
    {
        NetworkConfiguration network = TinyNetwork.Configuration with { AnchorFree = anchorFree };
        using NetworkState state = NetworkState.Initialise(network, seed: 1);
        float[] bias = state.Read("head.level1.prediction.bias");
        Assert.Equal(predictions * 6, bias.Length);
        for (int i = 0; i < bias.Length; i++)
        {
            Assert.Equal(i % 6 == 4 ? 0.01 : 0.5, 1 / (1 + Math.Exp(-bias[i])), 6);
        }
    }
}

using AsffEdge.Trainer.Network;
using AsffEdge.Trainer.Optimization;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using OptimizerOptions = AsffEdge.Trainer.Optimization.OptimizerOptions;

namespace AsffEdge.Trainer.Tests.Optimization;

/// <summary>The update rules beside TorchSharp's own.</summary>
public sealed class WeightOptimizerTests
{
    private const double Rate = 0.01;

    [Theory]
    [InlineData(OptimizerKind.Sgd)]
    [InlineData(OptimizerKind.AdamW)]
    public void Updates_are_those_of_the_reference(OptimizerKind kind)
    {
        using CollectionPause pause = CollectionPause.Start();
        using DisposeScope scope = NewDisposeScope();
        var options = new OptimizerOptions { Kind = kind, WeightDecay = 0.1 };
        using NetworkState ours = NetworkState.Initialise(TinyNetwork.Configuration, seed: 1);
        using NetworkState theirs = NetworkState.Initialise(TinyNetwork.Configuration, seed: 1);
        using var optimizer = WeightOptimizer.Create(options, ours);
        using optim.Optimizer reference = Reference(options, theirs);
        using var generator = new Generator(7);
        StateEntry[] trained = [.. ours.Entries.Where(entry => entry.IsTrained)];
        for (int step = 0; step < 5; step++)
        {
            optimizer.ClearGradients();
            foreach (StateEntry entry in trained)
            {
                Tensor gradient = randn([.. entry.Shape], generator: generator);
                ((Parameter)ours[entry.Name]).grad!.copy_(gradient);
                ((Parameter)theirs[entry.Name]).grad = gradient;
            }

            optimizer.Update(step, Rate);
            reference.step();
        }

        Assert.All(
            trained,
            entry =>
                Assert.InRange(
                    Close.WorstRelative(theirs.Read(entry.Name), ours.Read(entry.Name)),
                    0,
                    1e-6
                )
        );
    }

    [Fact]
    public void Clipping_limits_the_common_norm_and_reports_the_one_before()
    {
        using CollectionPause pause = CollectionPause.Start();
        using DisposeScope scope = NewDisposeScope();
        using NetworkState state = NetworkState.Initialise(TinyNetwork.Configuration, seed: 1);
        using var optimizer = WeightOptimizer.Create(new OptimizerOptions(), state);
        Tensor bias = ((Parameter)state["head.level0.prediction.bias"]).grad!;
        bias[0] = tensor(3f);
        bias[1] = tensor(-4f);
        Assert.Equal(5, optimizer.ClipGradients(0), 6);
        Assert.Equal(5, optimizer.ClipGradients(10), 6);
        Assert.Equal(5, optimizer.ClipGradients(1), 6);
        Assert.Equal(0.6f, bias[0].item<float>(), 6);
        Assert.Equal(-0.8f, bias[1].item<float>(), 6);
        bias[1] = tensor(float.PositiveInfinity);
        Assert.False(double.IsFinite(optimizer.ClipGradients(1)));
        optimizer.ClearGradients();
        Assert.Equal(0, optimizer.ClipGradients(1));
    }

    private static optim.Optimizer Reference(OptimizerOptions options, NetworkState state)
    {
        Parameter[] Parameters(bool decayed) =>
            [
                .. state
                    .Entries.Where(entry =>
                        entry.IsTrained && (entry.Kind == StateKind.ConvolutionWeight) == decayed
                    )
                    .Select(entry => (Parameter)state[entry.Name]),
            ];
        return options.Kind == OptimizerKind.AdamW
            ? optim.AdamW(
                [
                    new AdamW.ParamGroup(
                        Parameters(decayed: true),
                        new AdamW.Options { weight_decay = options.WeightDecay }
                    ),
                    new AdamW.ParamGroup(
                        Parameters(decayed: false),
                        new AdamW.Options { weight_decay = 0 }
                    ),
                ],
                Rate
            )
            : optim.SGD(
                [
                    new SGD.ParamGroup(
                        Parameters(decayed: true),
                        new SGD.Options
                        {
                            weight_decay = options.WeightDecay,
                            momentum = options.Momentum,
                        }
                    ),
                    new SGD.ParamGroup(
                        Parameters(decayed: false),
                        new SGD.Options { momentum = options.Momentum }
                    ),
                ],
                Rate
            );
    }
}

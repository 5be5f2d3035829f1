using AsffEdge.Trainer.Augmentation;
using AsffEdge.Trainer.Network;
using AsffEdge.Trainer.Optimization;
using TorchSharp;
using static TorchSharp.torch;

namespace AsffEdge.Trainer.Tests.Optimization;

/// <summary>A real, tiny training.</summary>
[Trait("Category", "Slow")]
public sealed class TrainingRunTests
{
    private static readonly TrainingConfiguration Configuration = new()
    {
        Model = new ModelOptions
        {
            Variant = "mobilenetv2_asff",
            BackboneWidth = 0.1,
            NeckWidth = 0.1,
        },
        Optimizer = new OptimizerOptions
        {
            Kind = OptimizerKind.AdamW,
            LearningRate = 5e-3,
            WarmupEpochs = 1,
        },
        Augmentation = AugmentationOptions.None,
        Epochs = 5,
        BatchSize = 4,
        Sizes = [320],
    };

    [Fact]
    public void The_loss_falls()
    {
        using var run = new TrainingRun(Configuration, new RectangleDataset(16));
        List<double> losses = [];
        List<int> epochs = [];
        run.Run(
            step => losses.Add(step.Loss.Total),
            epochs.Add,
            TestContext.Current.CancellationToken
        );
        Assert.Equal(20, losses.Count);
        Assert.Equal([1, 2, 3, 4, 5], epochs);
        Assert.True(
            losses[^4..].Average() < 0.8 * losses[..4].Average(),
            string.Join(" ", losses.Select(loss => $"{loss:F1}"))
        );
    }

    [Theory]
    [InlineData(OptimizerKind.Sgd, 0)]
    [InlineData(OptimizerKind.AdamW, 0.9)]
    public void The_same_seed_gives_the_same_weights(OptimizerKind kind, double emaDecay)
    {
        TrainingConfiguration configuration = Configuration with
        {
            Epochs = 1,
            EmaDecay = emaDecay,
            Workers = 2,
            Optimizer = Configuration.Optimizer with { Kind = kind, LearningRate = 1e-4 },
        };
        using var first = new TrainingRun(configuration, new RectangleDataset(8));
        using var second = new TrainingRun(
            configuration with
            {
                Workers = 1,
            },
            new RectangleDataset(8)
        );
        using var other = new TrainingRun(configuration with { Seed = 2 }, new RectangleDataset(8));
        foreach (TrainingRun run in (TrainingRun[])[first, second, other])
        {
            run.Run(_ => { }, _ => { }, TestContext.Current.CancellationToken);
        }

        Assert.All(
            first.BestState.Entries,
            entry => Assert.True(Same(first, second, entry.Name), entry.Name)
        );
        Assert.False(Same(first, other, "backbone.stem.conv.weight"));
        Assert.Equal(emaDecay == 0, ReferenceEquals(first.State, first.BestState));
    }

    [Theory]
    [InlineData(OptimizerKind.Sgd)]
    [InlineData(OptimizerKind.AdamW)]
    public void Steps_leave_no_tensors_behind(OptimizerKind kind)
    {
        using TrainingRun run = TinyTraining.Create(
            TinyTraining.Configuration with
            {
                Epochs = 6,
                Optimizer = TinyTraining.Configuration.Optimizer with { Kind = kind },
            }
        );
        List<long> live = [];
        run.Run(
            _ => live.Add(DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount),
            _ => { },
            TestContext.Current.CancellationToken
        );
        Assert.Equal(12, live.Count);
        Assert.Single(live[2..].Distinct());
    }

    [Fact]
    public void A_loss_that_is_not_finite_stops_the_run_and_names_the_images()
    {
        using var run = new TrainingRun(Configuration, new RectangleDataset(4));
        using (no_grad())
        {
            run.State["head.level0.prediction.bias"].fill_(float.NaN);
        }

        NotFiniteNumberException error = Assert.Throws<NotFiniteNumberException>(() =>
            run.Run(_ => { }, _ => { }, TestContext.Current.CancellationToken)
        );
        Assert.Contains("rectangles-", error.Message);
        Assert.Contains("step 0", error.Message);
    }

    [Fact]
    public void Bfloat16_maps_stay_close_to_float32()
    {
        using NetworkState state = NetworkState.Initialise(TinyNetwork.Configuration, seed: 1);
        using DisposeScope scope = NewDisposeScope();
        Tensor input = rand([2, 3, 320, 320]);
        var exact = AsffYolo.Forward(
            new TorchOps(state, training: true),
            input,
            TinyNetwork.Configuration
        );
        var narrow = AsffYolo.Forward(
            new TorchOps(state, training: true) { Bfloat16 = true },
            input,
            TinyNetwork.Configuration
        );
        for (int level = 0; level < exact.Length; level++)
        {
            Assert.Equal(ScalarType.Float32, narrow[level].Prediction.dtype);
            double difference = Close.NormRelative(
                exact[level].Prediction.contiguous().data<float>().ToArray(),
                narrow[level].Prediction.contiguous().data<float>().ToArray()
            );
            // bfloat16 carries 8 bits.
            Assert.InRange(difference, 1e-5, 0.05);
        }
    }

    private static bool Same(TrainingRun a, TrainingRun b, string name) =>
        a.BestState[name].equal(b.BestState[name]).all().item<bool>();
}

using AsffEdge.Trainer.Augmentation;
using AsffEdge.Trainer.Data;
using AsffEdge.Trainer.Network;
using AsffEdge.Trainer.Optimization;

namespace AsffEdge.Trainer.Tests.Optimization;

public sealed class AccumulationTests
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
            LearningRate = 1,
            WarmupEpochs = 0,
            WeightDecay = 0,
        },
        Augmentation = AugmentationOptions.None,
        Epochs = 1,
        BatchSize = 1,
        Sizes = [320],
    };

    /// <summary>
    /// The first step of SGD is linear in the gradient, and each image is normalised by its own statistics in both cases: the step of
    /// all images is the mean of the steps of each.
    /// </summary>
    [Fact]
    public void A_step_over_several_batches_is_the_mean_of_their_steps()
    {
        // A power of 2: a quarter of a gradient has no rounding of its own.
        const int images = 4;
        float[] together = Change(
            Configuration with
            {
                Accumulate = images,
            },
            new RectangleDataset(images)
        );
        float[] mean = new float[together.Length];
        for (int index = 0; index < images; index++)
        {
            float[] alone = Change(Configuration, new One(new RectangleDataset(images), index));
            for (int i = 0; i < mean.Length; i++)
            {
                mean[i] += alone[i] / images;
            }
        }

        Assert.InRange(Close.WorstRelative(mean, together), 0, 1e-5);
    }

    [Fact]
    public void Steps_take_the_images_of_all_their_batches_and_report_the_mean_loss()
    {
        List<StepReport> reports = [];
        using var run = new TrainingRun(
            Configuration with
            {
                BatchSize = 2,
                Accumulate = 2,
                Epochs = 2,
                Optimizer = Configuration.Optimizer with { LearningRate = 1e-9 },
            },
            new RectangleDataset(8)
        );
        Assert.Equal(2, run.StepsPerEpoch);
        run.Run(reports.Add, _ => { }, TestContext.Current.CancellationToken);
        Assert.Equal([0, 1, 2, 3], reports.Select(report => report.Step));
        // With weights that hardly move and the same eight images, two epochs cost about the same.
        double first = reports[0].Loss.Total + reports[1].Loss.Total;
        double second = reports[2].Loss.Total + reports[3].Loss.Total;
        Assert.InRange(second / first, 0.95, 1.05);
    }

    private static float[] Change(TrainingConfiguration configuration, IDetectionDataset dataset)
    {
        using var run = new TrainingRun(configuration, dataset);
        string[] names =
        [
            .. run.State.Entries.Where(entry => entry.IsTrained).Select(entry => entry.Name),
        ];
        float[] before = [.. names.SelectMany(run.State.Read)];
        run.Run(_ => { }, _ => { }, TestContext.Current.CancellationToken);
        float[] after = [.. names.SelectMany(run.State.Read)];
        return [.. after.Zip(before, (a, b) => a - b)];
    }

    private sealed class One(IDetectionDataset all, int index) : IDetectionDataset
    {
        public int Count => 1;

        public IReadOnlyList<string> Labels => all.Labels;

        public Sample Load(int _) => all.Load(index);
    }
}

using AsffEdge.Trainer.Augmentation;
using AsffEdge.Trainer.Network;
using AsffEdge.Trainer.Optimization;

namespace AsffEdge.Trainer.Tests.Optimization;

/// <summary>The configurations of the paper's tables: what each says, and that each trains and exports.</summary>
public sealed class ShippedConfigurationTests : IDisposable
{
    private const int CocoClasses = 80;
    private static readonly string Shipped = Path.Combine(Repository.Root, "config", "training");
    private readonly string _folder = Directory.CreateTempSubdirectory("asff-shipped-").FullName;

    public static TheoryData<string> Files() =>
        [
            .. Directory
                .GetFiles(Shipped, "*.yaml")
                .Select(path => Path.GetFileNameWithoutExtension(path))
                .Order(StringComparer.Ordinal),
        ];

    [Theory]
    [Trait("Category", "Slow")]
    [MemberData(nameof(Files))]
    public void It_trains_a_step_and_exports(string name)
    {
        TrainingConfiguration configuration = Read(name);
        int classes =
            configuration.Data.Labels.Count > 0 ? configuration.Data.Labels.Count : CocoClasses;
        NetworkConfiguration network = configuration.Model.CreateNetwork(classes) with
        {
            BackboneWidth = 0.1,
            NeckWidth = 0.1,
            // The step's objects are those of the paper's anchors.
            Anchors = Variants.AnchorsOf(configuration.Model.CreateNetwork(classes).Backbone),
        };
        TrainedOnce.Check(network, configuration.Loss, _folder);
    }

    [Theory]
    [InlineData(
        "yolov3",
        "baseline, guided_anchoring off, anchor_free off",
        "step plain-labels no-mixup no-iou"
    )]
    [InlineData("yolov3_bof", "baseline, guided_anchoring off, anchor_free off", "no-iou")]
    [InlineData("yolov3_bof_ga", "baseline", "no-iou")]
    [InlineData("yolov3_bof_iou", "baseline, guided_anchoring off, anchor_free off", "")]
    [InlineData("baseline", "baseline", "")]
    [InlineData("baseline_ignore_0.2", "baseline", "epsilon-0.2")]
    [InlineData("baseline_ignore_0.5", "baseline", "epsilon-0.5")]
    [InlineData("baseline_ignore_centre", "baseline", "centre")]
    [InlineData("baseline_concat", "baseline, fusion concat", "")]
    [InlineData("baseline_sum", "baseline, fusion sum", "")]
    [InlineData("asff", "asff", "")]
    [InlineData("asff_star", "asff_star", "450-epochs")]
    [InlineData("mobilenetv2", "mobilenetv2", "")]
    [InlineData("mobilenetv2_asff", "mobilenetv2_asff", "")]
    public void It_is_the_row_of_the_paper(string name, string network, string recipe)
    {
        TrainingConfiguration configuration = Read(name);
        NetworkConfiguration created = configuration.Model.CreateNetwork(CocoClasses);
        Assert.Equal(network, created.Variant);
        Assert.Equal((1, 1), (created.BackboneWidth, created.NeckWidth));
        Assert.Equal(recipe, string.Join(' ', Differences(configuration)));
        // What all rows share (Section 3.4).
        Assert.Equal(OptimizerKind.Sgd, configuration.Optimizer.Kind);
        Assert.Equal(
            (1e-3, 1e-5, 0.9, 5e-4, 4),
            (
                configuration.Optimizer.LearningRate,
                configuration.Optimizer.FinalLearningRate,
                configuration.Optimizer.Momentum,
                configuration.Optimizer.WeightDecay,
                configuration.Optimizer.WarmupEpochs
            )
        );
        Assert.Equal(64, configuration.BatchSize);
        Assert.Equal(30, configuration.MixupOffEpochs);
        Assert.True(configuration.RandomShapes);
        Assert.Equal(Enumerable.Range(10, 10).Select(n => n * 32), configuration.Sizes);
        Assert.EndsWith(
            Path.Combine("data", "coco", "annotations", "instances_train2017.json"),
            configuration.Data.Train
        );
    }

    [Theory]
    [InlineData("retinanet_r50", "retinanet_r50")]
    [InlineData("retinanet_r50_sum", "retinanet_r50, fusion sum")]
    [InlineData("retinanet_r50_concat", "retinanet_r50, fusion concat")]
    [InlineData("retinanet_r50_asff", "retinanet_r50_asff")]
    [InlineData("retinanet_r101", "retinanet_r101")]
    [InlineData("retinanet_r101_sum", "retinanet_r101, fusion sum")]
    [InlineData("retinanet_r101_concat", "retinanet_r101, fusion concat")]
    [InlineData("retinanet_r101_asff", "retinanet_r101_asff")]
    public void It_is_a_row_of_Table_5_or_one_beside_it(string name, string variant)
    {
        TrainingConfiguration configuration = Read(name);
        NetworkConfiguration network = configuration.Model.CreateNetwork(CocoClasses);
        Assert.Equal(variant, network.Variant);
        Assert.Equal((1, 1), (network.BackboneWidth, network.NeckWidth));
        Assert.Equal(name.Replace('_', '-'), configuration.Model.Name);
        // Of RetinaNet's public training: 90,000 steps of 16 images, the rate falling after 60,000 and 80,000.
        Assert.Equal([800], configuration.Sizes);
        Assert.Equal((16, 12), (configuration.ImagesPerStep, configuration.Epochs));
        (int stepsPerEpoch, int steps) = (7500, 90_000);
        double Rate(int step) =>
            LearningRateSchedule.At(
                configuration.Optimizer,
                step,
                stepsPerEpoch,
                steps / stepsPerEpoch
            );
        Assert.Equal(1e-2, Rate(59_000), 1e-12);
        Assert.Equal(1e-3, Rate(61_000), 1e-12);
        Assert.Equal(1e-3, Rate(79_000), 1e-12);
        Assert.Equal(1e-4, Rate(81_000), 1e-12);
        AugmentationOptions augmentation = configuration.AugmentationAt(0);
        Assert.Equal(0.5, augmentation.Mirror.Probability);
        Assert.Equal(
            [0, 0, 0, 0, 0],
            new[]
            {
                augmentation.Mixup.Probability,
                augmentation.Colour.Probability,
                augmentation.Expansion.Probability,
                augmentation.Crop.Probability,
                augmentation.Affine.Probability,
            }
        );
    }

    [Fact]
    public void What_means_nothing_to_RetinaNet_is_refused()
    {
        string path = Path.Combine(_folder, "wrong.yaml");
        File.WriteAllText(
            path,
            $"""
            extends: {Path.Combine(Shipped, "retinanet_r50.yaml")}
            model:
              anchors: [[1, 1], [2, 2], [3, 3], [4, 4], [5, 5], [6, 6], [7, 7], [8, 8], [9, 9]]
            loss:
              ignore_epsilon: 0.2
            augmentation:
              mixup: true
            """
        );
        string message = Assert
            .Throws<ConfigurationException>(() => TrainingConfiguration.Read(path))
            .Message;
        Assert.Contains("3 problems", message, StringComparison.Ordinal);
        foreach (string key in (string[])["loss: ", "model.anchors: ", "augmentation.mixup "])
        {
            Assert.Contains($"\n  {key}", message, StringComparison.Ordinal);
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static TrainingConfiguration Read(string name) =>
        TrainingConfiguration.Read(Path.Combine(Shipped, $"{name}.yaml"));

    /// <summary>How a recipe differs from the baseline's.</summary>
    private static IEnumerable<string> Differences(TrainingConfiguration configuration) =>
        new (bool Differs, string Name)[]
        {
            (!configuration.Optimizer.Cosine, "step"),
            (!configuration.Loss.LabelSmoothing, "plain-labels"),
            (configuration.Augmentation.Mixup.Probability == 0, "no-mixup"),
            (!configuration.Loss.IouLoss, "no-iou"),
            (configuration.Loss.IgnoreEpsilon != 0, $"epsilon-{configuration.Loss.IgnoreEpsilon}"),
            (configuration.Loss.IgnoreCentre, "centre"),
            (configuration.Epochs != 300, $"{configuration.Epochs}-epochs"),
        }
            .Where(each => each.Differs)
            .Select(each => each.Name);
}

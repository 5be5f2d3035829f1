using AsffEdge.Trainer.Losses;
using AsffEdge.Trainer.Network;
using AsffEdge.Trainer.Optimization;
using TorchSharp;
using static TorchSharp.torch;

namespace AsffEdge.Trainer.Tests.Losses;

/// <summary>The loss's switches, on maps of zeros, where every term is a sum that can be done by hand.</summary>
public sealed class DetectionLossTests
{
    private const int Size = 320;

    // Nearest to the anchor (30, 61) of level 1: cell (6, 6), a quarter and a half of the way through it.
    private const float Width = 32;
    private const float Height = 60;
    private static readonly float[] Object = [1, 100, 104, Width, Height];
    private static readonly double Scale = 2 - (Width * Height / ((double)Size * Size));

    [Fact]
    public void The_iou_loss_is_what_its_switch_adds()
    {
        LossTerms with = Compute(Plain(), new LossOptions());
        LossTerms without = Compute(Plain(), new LossOptions { IouLoss = false });
        Assert.Equal(with with { Iou = 0 }, without);
        // The box of the cell's middle, (104, 104), and the anchor's size, against the object's.
        double overlapWidth = Math.Min(104 + 15, 100 + 16) - Math.Max(104 - 15, 100 - 16);
        double intersection = overlapWidth * 60;
        double iou = intersection / ((30 * 61) + (32 * 60) - intersection);
        Assert.Equal((1 - (iou * iou)) * Scale, with.Iou, 4);
    }

    [Fact]
    public void Without_guided_anchoring_boxes_are_relative_to_the_anchors()
    {
        LossTerms terms = Compute(Plain(), new LossOptions());
        Assert.Equal(0, terms.Anchor);
        // Binary cross-entropy of ½ is ln 2 whatever the target.
        double centre = 2 * Math.Log(2);
        double size = Math.Abs(Math.Log(Width / 30)) + Math.Abs(Math.Log(Height / 61));
        Assert.Equal((centre + size) * Scale, terms.L1, 4);
        Assert.Equal(3 * Math.Log(2), terms.Class, 4);
    }

    [Fact]
    public void Guided_anchoring_moves_the_base_shapes_and_is_charged_for_them()
    {
        NetworkConfiguration network = Plain() with { GuidedAnchoring = true };
        // Guidance of 0.1 for every prediction, both ways.
        LossTerms terms = Compute(network, new LossOptions(), guidance: 0.1f);
        (double width, double height) = (30 * Math.Exp(0.1), 61 * Math.Exp(0.1));
        double size = Math.Abs(Math.Log(Width / width)) + Math.Abs(Math.Log(Height / height));
        Assert.Equal(((2 * Math.Log(2)) + size) * Scale, terms.L1, 4);
        double intersection = Math.Min(width, Width) * Math.Min(height, Height);
        double iou = intersection / ((width * height) + (Width * Height) - intersection);
        Assert.Equal(1 - (iou * iou), terms.Anchor, 4);
    }

    [Theory]
    [InlineData(true, 2)]
    [InlineData(false, 1)]
    public void The_shapes_at_the_objects_cell_are_trained(bool anchorFree, int shapes)
    {
        NetworkConfiguration network = Plain() with
        {
            GuidedAnchoring = true,
            AnchorFree = anchorFree,
        };
        using CollectionPause pause = CollectionPause.Start();
        using DisposeScope scope = NewDisposeScope();
        Tensor[] guidance =
        [
            .. Enumerable
                .Range(0, 3)
                .Select(level => Zeros(network, level, 2).requires_grad_(true)),
        ];
        (Tensor Prediction, Tensor? Guidance)[] maps =
        [
            .. Enumerable
                .Range(0, 3)
                .Select(level =>
                    (Zeros(network, level, 5 + network.Classes), (Tensor?)guidance[level])
                ),
        ];
        (Tensor total, LossTerms _) = new DetectionLoss(network, new LossOptions()).Compute(
            maps,
            new TargetBatch(Object, 1, 1, 5),
            Size
        );
        total.backward();
        Assert.Equal(2 * shapes, guidance[1].grad!.count_nonzero().item<long>());
        Assert.Null(guidance[0].grad);
    }

    [Theory]
    [InlineData(true, 4)]
    [InlineData(false, 3)]
    public void Every_prediction_of_a_cell_is_charged_its_objectness(
        bool anchorFree,
        int predictions
    )
    {
        LossTerms terms = Compute(Plain() with { AnchorFree = anchorFree }, new LossOptions());
        int sites = predictions * ((10 * 10) + (20 * 20) + (40 * 40));
        // The other prediction whose decoded box meets the object at more than 0.7 is not charged: none does here but the positive.
        Assert.Equal(sites * Math.Log(2), terms.Objectness, 2);
    }

    [Fact]
    public void Options_that_contradict_the_network_are_refused()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() =>
            new DetectionLoss(
                Plain() with
                {
                    Classes = 2,
                },
                new LossOptions { LabelSmoothing = true }
            )
        );
        Assert.Contains("label_smoothing", error.Message);
    }

    private static NetworkConfiguration Plain() =>
        Variants.Create("baseline", classes: 3) with
        {
            GuidedAnchoring = false,
            AnchorFree = false,
        };

    private static Tensor Zeros(NetworkConfiguration network, int level, int values)
    {
        int side = Size / NetworkConfiguration.Stride(level);
        return zeros([1, network.Predictions * values, side, side]);
    }

    private static LossTerms Compute(
        NetworkConfiguration network,
        LossOptions options,
        float guidance = 0
    )
    {
        using CollectionPause pause = CollectionPause.Start();
        using DisposeScope scope = NewDisposeScope();
        (Tensor Prediction, Tensor? Guidance)[] maps =
        [
            .. Enumerable
                .Range(0, NetworkConfiguration.Levels)
                .Select(level =>
                    (
                        Zeros(network, level, 5 + network.Classes),
                        network.GuidedAnchoring ? Zeros(network, level, 2) + guidance : null
                    )
                ),
        ];
        return new DetectionLoss(network, options)
            .Compute(maps, new TargetBatch(Object, 1, 1, 5), Size)
            .Terms;
    }
}

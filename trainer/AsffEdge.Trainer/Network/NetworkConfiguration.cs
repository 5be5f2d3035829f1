namespace AsffEdge.Trainer.Network;

/// <summary>Everything that decides the network's shape.</summary>
public sealed record NetworkConfiguration
{
    /// <summary>Anchors, and so predictions from anchors, a cell.</summary>
    public const int AnchorsPerLevel = 3;

    /// <summary>Pyramid levels.</summary>
    public const int Levels = 3;

    private static readonly int[] LevelStrides = [32, 16, 8];

    /// <summary>The variant's name, as on the command line.</summary>
    public required string Variant { get; init; }

    /// <summary>Number of classes.</summary>
    public required int Classes { get; init; }

    /// <summary>The detector. What belongs to the heads of YOLOv3 (anchors, guided anchoring, RFB, DropBlock) means nothing to another.</summary>
    public DetectorKind Detector { get; init; }

    /// <summary>The feature extractor.</summary>
    public BackboneKind Backbone { get; init; } = BackboneKind.Darknet53;

    /// <summary>How the levels are fused.</summary>
    public FusionKind Fusion { get; init; } = FusionKind.Asff;

    /// <summary>
    /// Guided anchoring (Table 1, GA): the heads predict how the base shapes are scaled, and on Darknet-53 adapt their features to it by a
    /// deformable convolution. Off: predictions are relative to the preset base shapes.
    /// </summary>
    public bool GuidedAnchoring { get; init; } = true;

    /// <summary>A fourth prediction a cell that belongs to no anchor: its base is a square of 4 strides.</summary>
    public bool AnchorFree { get; init; } = true;

    /// <summary>Receptive field block before the feature adaption, and 8 instead of 16 channels for the fusion weights (ASFF*).</summary>
    public bool Rfb { get; init; }

    /// <summary>DropBlock in the neck while training (ASFF*).</summary>
    public bool DropBlock { get; init; }

    /// <summary>Multiplies the backbone's channels; 1 is the paper.</summary>
    public double BackboneWidth { get; init; } = 1;

    /// <summary>Multiplies the channels of neck, fusion and heads; 1 is the paper.</summary>
    public double NeckWidth { get; init; } = 1;

    /// <summary>The nine anchor shapes (width, height) in input pixels, smallest first; level 0 takes the last three, level 2 the first three.</summary>
    public required IReadOnlyList<float[]> Anchors { get; init; }

    /// <summary>The block's activation, which the backbone decides.</summary>
    public Activation Activation =>
        Backbone switch
        {
            BackboneKind.Darknet53 => Activation.LeakyRelu,
            BackboneKind.MobileNetV2 => Activation.Relu6,
            _ => Activation.Relu,
        };

    /// <summary>Deformable feature adaption in the heads: with guided anchoring, and in the Darknet-53 models only.</summary>
    public bool FeatureAdaption => GuidedAnchoring && Backbone == BackboneKind.Darknet53;

    /// <summary>Predictions a cell: those from anchors, then the anchor-free one where there is one.</summary>
    public int Predictions => AnchorsPerLevel + (AnchorFree ? 1 : 0);

    /// <summary>Channels of a prediction map.</summary>
    public int PredictionChannels => Predictions * (5 + Classes);

    /// <summary>Input pixels a cell at <paramref name="level"/> (0 = coarsest).</summary>
    public static int Stride(int level) => LevelStrides[level];

    /// <summary>The base shapes of a level's predictions: its three anchors, then the anchor-free prediction's square of 4 strides.</summary>
    public IReadOnlyList<float[]> Bases(int level)
    {
        IEnumerable<float[]> anchors = Anchors
            .Skip((Levels - 1 - level) * AnchorsPerLevel)
            .Take(AnchorsPerLevel);
        float free = 4f * Stride(level);
        return AnchorFree ? [.. anchors, [free, free]] : [.. anchors];
    }

    /// <summary>A paper's backbone width after scaling: a multiple of 8, at least 8; unchanged at 1.</summary>
    public int BackboneChannels(int channels) => Scale(channels, BackboneWidth);

    /// <summary>A paper's neck width after scaling: a multiple of 8, at least 8; unchanged at 1.</summary>
    public int NeckChannels(int channels) => Scale(channels, NeckWidth);

    private static int Scale(int channels, double width) =>
        width == 1
            ? channels
            : Math.Max(8, (int)Math.Round(channels * width / 8, MidpointRounding.AwayFromZero) * 8);
}

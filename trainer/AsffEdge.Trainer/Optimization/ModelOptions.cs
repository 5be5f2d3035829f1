using AsffEdge.Trainer.Network;
using YamlDotNet.Serialization;

namespace AsffEdge.Trainer.Optimization;

/// <summary>
/// Which network is trained (<c>model:</c>). The variant is a shorthand for the switches below it; a switch that is given overrides the
/// variant's, whatever the others are.
/// </summary>
public sealed record ModelOptions
{
    /// <summary>Recommended where there is nothing to go by.</summary>
    public const float DefaultScoreThreshold = 0.3f;

    /// <summary>Name that the exported file carries.</summary>
    public string Name { get; init; } = "asff-yolov3";

    /// <summary>Version that the exported file carries.</summary>
    public string Version { get; init; } = "0.0.0";

    /// <summary>
    /// Checkpoint to start from (of <c>train</c> or <c>import</c>), relative to this file: tensors that fit are taken, the others start
    /// fresh. Left out: everything starts fresh.
    /// </summary>
    public string? Weights { get; init; }

    /// <summary>One of <see cref="Variants.Names"/>.</summary>
    public string Variant { get; init; } = "asff";

    /// <summary>The feature extractor; left out: the variant's.</summary>
    public BackboneKind? Backbone { get; init; }

    /// <summary>How the levels are fused (Table 3); left out: the variant's.</summary>
    public FusionKind? Fusion { get; init; }

    /// <summary>Guided anchoring (Table 1, GA); left out: on, as in every variant.</summary>
    public bool? GuidedAnchoring { get; init; }

    /// <summary>A fourth prediction a cell that belongs to no anchor; left out: on, as in every variant.</summary>
    public bool? AnchorFree { get; init; }

    /// <summary>Receptive field block in the heads (ASFF*, Table 4); left out: the variant's.</summary>
    public bool? Rfb { get; init; }

    /// <summary>DropBlock in the neck (ASFF*, Table 4), by <see cref="DropBlockSchedule"/>; left out: the variant's.</summary>
    [YamlMember(Alias = "dropblock", ApplyNamingConventions = false)]
    public bool? DropBlock { get; init; }

    /// <summary>Multiplies the backbone's channels; 1 is the paper.</summary>
    public double BackboneWidth { get; init; } = 1;

    /// <summary>Multiplies the channels of neck, fusion and heads; 1 is the paper.</summary>
    public double NeckWidth { get; init; } = 1;

    /// <summary>Nine anchor shapes (width, height) in input pixels, smallest first; empty: the backbone's.</summary>
    public IReadOnlyList<float[]> Anchors { get; init; } = [];

    /// <summary>
    /// Score threshold that the exported file recommends, 0..1; left out: by F1 on the last validation (<see cref="Evaluation.CocoResult.RecommendedThreshold"/>), or
    /// <see cref="DefaultScoreThreshold"/> where nothing was validated or found.
    /// </summary>
    public float? ScoreThreshold { get; init; }

    /// <summary>NMS threshold that the exported file recommends, 0..1.</summary>
    public float NmsThreshold { get; init; } = 0.6f;

    /// <summary>The detector that the variant is of; YOLOv3 where there is no such variant.</summary>
    [YamlIgnore]
    internal DetectorKind Detector =>
        Variants.Names.Contains(Variant)
            ? Variants.Create(Variant, classes: 1).Detector
            : DetectorKind.Yolov3;

    /// <summary>The network for a number of classes.</summary>
    /// <exception cref="ArgumentException">Values are out of range or contradict each other; the message has a line for each, with what is allowed.</exception>
    public NetworkConfiguration CreateNetwork(int classes)
    {
        string[] problems = [.. Problems()];
        if (problems.Length > 0)
        {
            throw new ArgumentException(string.Join(Environment.NewLine, problems));
        }

        NetworkConfiguration network = Apply(Variants.Create(Variant, classes));
        return network with
        {
            Variant = Variants.NameOf(network),
            BackboneWidth = BackboneWidth,
            NeckWidth = NeckWidth,
            Anchors = Anchors.Count > 0 ? Anchors : Variants.AnchorsOf(network.Backbone),
        };
    }

    /// <summary>What is wrong with these options, one sentence a mistake.</summary>
    public IEnumerable<string> Problems()
    {
        if (!Variants.Names.Contains(Variant))
        {
            yield return $"model.variant is '{Variant}'; allowed: {string.Join(", ", Variants.Names)}";
        }
        else
        {
            foreach (string problem in SwitchProblems(Apply(Variants.Create(Variant, classes: 1))))
            {
                yield return problem;
            }
        }

        if (BackboneWidth is not (>= 0.1 and <= 4))
        {
            yield return $"model.backbone_width is {BackboneWidth}; allowed: 0.1 to 4";
        }

        if (NeckWidth is not (>= 0.1 and <= 4))
        {
            yield return $"model.neck_width is {NeckWidth}; allowed: 0.1 to 4";
        }

        if (ScoreThreshold is not (null or (>= 0 and <= 1)))
        {
            yield return $"model.score_threshold is {ScoreThreshold}; allowed: 0 to 1";
        }

        if (NmsThreshold is not (>= 0 and <= 1))
        {
            yield return $"model.nms_threshold is {NmsThreshold}; allowed: 0 to 1";
        }

        if (
            Anchors.Count is not (0 or 9)
            || Anchors.Any(shape => shape.Length != 2 || shape[0] <= 0 || shape[1] <= 0)
        )
        {
            yield return "model.anchors must hold nine shapes [width, height] above 0, smallest first, or be left out";
        }
    }

    private static IEnumerable<string> SwitchProblems(NetworkConfiguration network)
    {
        bool isResNet = network.Backbone is BackboneKind.ResNet50 or BackboneKind.ResNet101;
        if (network.Detector == DetectorKind.RetinaNet)
        {
            if (!isResNet)
            {
                yield return $"model.backbone is {network.Backbone.ToString().ToLowerInvariant()}; allowed for the retinanet variants: resnet50, resnet101";
            }

            if (network.Rfb || network.DropBlock || network.GuidedAnchoring || network.AnchorFree)
            {
                yield return "model.rfb, dropblock, guided_anchoring and anchor_free belong to YOLOv3's heads and neck; for the retinanet variants leave them out";
            }
        }
        else if (isResNet)
        {
            yield return $"model.backbone is {network.Backbone.ToString().ToLowerInvariant()}; allowed for this variant: darknet53, mobilenetv2";
        }
        else if (network.Rfb)
        {
            // It stands in the feature adaption, which these networks do not have.
            if (network.Backbone != BackboneKind.Darknet53)
            {
                yield return "model.rfb needs model.backbone darknet53: the heads of the other backbone have no feature adaption to put it in; set rfb to false";
            }
            else if (!network.GuidedAnchoring)
            {
                yield return "model.rfb needs model.guided_anchoring: it is part of the feature adaption that comes with it; set rfb to false or guided_anchoring to true";
            }
        }
    }

    private NetworkConfiguration Apply(NetworkConfiguration variant) =>
        variant with
        {
            Backbone = Backbone ?? variant.Backbone,
            Fusion = Fusion ?? variant.Fusion,
            GuidedAnchoring = GuidedAnchoring ?? variant.GuidedAnchoring,
            AnchorFree = AnchorFree ?? variant.AnchorFree,
            Rfb = Rfb ?? variant.Rfb,
            DropBlock = DropBlock ?? variant.DropBlock,
        };
}

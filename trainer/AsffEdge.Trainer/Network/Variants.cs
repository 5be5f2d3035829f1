namespace AsffEdge.Trainer.Network;

/// <summary>The networks by name.</summary>
public static class Variants
{
    private static readonly float[][] DarknetAnchors =
    [
        [10, 13],
        [16, 30],
        [33, 23],
        [30, 61],
        [62, 45],
        [42, 119],
        [116, 90],
        [156, 198],
        [121, 240],
    ];

    private static readonly float[][] MobileNetAnchors = [.. DarknetAnchors[..8], [373, 326]];

    /// <summary>All names, in the order of the paper's tables.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "baseline",
        "asff",
        "asff_star",
        "mobilenetv2",
        "mobilenetv2_asff",
        "retinanet_r50",
        "retinanet_r50_asff",
        "retinanet_r101",
        "retinanet_r101_asff",
    ];

    /// <summary>The configuration of a variant at the paper's width.</summary>
    /// <exception cref="ArgumentException">There is no such variant; the message lists them.</exception>
    public static NetworkConfiguration Create(string variant, int classes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        var darknet = new NetworkConfiguration
        {
            Variant = variant,
            Classes = classes,
            Anchors = AnchorsOf(BackboneKind.Darknet53),
        };
        NetworkConfiguration mobileNet = darknet with
        {
            Backbone = BackboneKind.MobileNetV2,
            Anchors = AnchorsOf(BackboneKind.MobileNetV2),
        };
        NetworkConfiguration retinaNet = darknet with
        {
            Detector = DetectorKind.RetinaNet,
            Backbone = BackboneKind.ResNet50,
            Fusion = FusionKind.None,
            GuidedAnchoring = false,
            AnchorFree = false,
        };
        return variant switch
        {
            "baseline" => darknet with { Fusion = FusionKind.None },
            "asff" => darknet,
            "asff_star" => darknet with { Rfb = true, DropBlock = true },
            "mobilenetv2" => mobileNet with { Fusion = FusionKind.None },
            "mobilenetv2_asff" => mobileNet,
            "retinanet_r50" => retinaNet,
            "retinanet_r50_asff" => retinaNet with { Fusion = FusionKind.Asff },
            "retinanet_r101" => retinaNet with { Backbone = BackboneKind.ResNet101 },
            "retinanet_r101_asff" => retinaNet with
            {
                Backbone = BackboneKind.ResNet101,
                Fusion = FusionKind.Asff,
            },
            _ => throw new ArgumentException(
                $"variant is '{variant}'; allowed: {string.Join(", ", Names)}"
            ),
        };
    }

    /// <summary>The nine anchor shapes (width, height) in pixels that the paper's models of a backbone have, smallest first.</summary>
    public static IReadOnlyList<float[]> AnchorsOf(BackboneKind backbone) =>
        backbone == BackboneKind.Darknet53 ? DarknetAnchors : MobileNetAnchors;

    /// <summary>
    /// The variant that has a network's switches; where none has, the one nearest to it and what differs, as in
    /// <c>baseline, fusion sum</c>.
    /// </summary>
    public static string NameOf(NetworkConfiguration network)
    {
        (string name, string[] differences) = Names
            .Select(name => (Name: name, Variant: Create(name, classes: 1)))
            .Where(each => each.Variant.Detector == network.Detector)
            .Select(each => (each.Name, Differences(each.Variant, network)))
            .MinBy(variant => variant.Item2.Length);
        return string.Join(", ", differences.Prepend(name));
    }

    private static string[] Differences(NetworkConfiguration variant, NetworkConfiguration network)
    {
        static string OnOff(bool on) => on ? "on" : "off";
        (bool Same, string Setting)[] switches =
        [
            (
                variant.Backbone == network.Backbone,
                $"backbone {network.Backbone.ToString().ToLowerInvariant()}"
            ),
            (
                variant.Fusion == network.Fusion,
                $"fusion {network.Fusion.ToString().ToLowerInvariant()}"
            ),
            (
                variant.GuidedAnchoring == network.GuidedAnchoring,
                $"guided_anchoring {OnOff(network.GuidedAnchoring)}"
            ),
            (variant.AnchorFree == network.AnchorFree, $"anchor_free {OnOff(network.AnchorFree)}"),
            (variant.Rfb == network.Rfb, $"rfb {OnOff(network.Rfb)}"),
            (variant.DropBlock == network.DropBlock, $"dropblock {OnOff(network.DropBlock)}"),
        ];
        return [.. switches.Where(each => !each.Same).Select(each => each.Setting)];
    }
}

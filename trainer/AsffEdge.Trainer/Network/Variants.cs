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
    ["baseline", "asff", "asff_star", "mobilenetv2", "mobilenetv2_asff"];

    /// <summary>The configuration of a variant at the paper's width.</summary>
    /// <exception cref="ArgumentException">There is no such variant; the message lists them.</exception>
    public static NetworkConfiguration Create(string variant, int classes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        var darknet = new NetworkConfiguration
        {
            Variant = variant,
            Classes = classes,
            Anchors = DarknetAnchors,
        };
        NetworkConfiguration mobileNet = darknet with
        {
            Backbone = BackboneKind.MobileNetV2,
            Anchors = MobileNetAnchors,
        };
        return variant switch
        {
            "baseline" => darknet with { Fusion = FusionKind.None },
            "asff" => darknet,
            "asff_star" => darknet with { Rfb = true, DropBlock = true },
            "mobilenetv2" => mobileNet with { Fusion = FusionKind.None },
            "mobilenetv2_asff" => mobileNet,
            _ => throw new ArgumentException(
                $"variant is '{variant}'; allowed: {string.Join(", ", Names)}"
            ),
        };
    }
}

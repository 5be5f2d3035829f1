using AsffEdge.Trainer.Network;

namespace AsffEdge.Trainer.Optimization;

/// <summary>Which network is trained (<c>model:</c>).</summary>
public sealed record ModelOptions
{
    /// <summary>Name that the exported file carries.</summary>
    public string Name { get; init; } = "asff-yolov3";

    /// <summary>Version that the exported file carries.</summary>
    public string Version { get; init; } = "0.0.0";

    /// <summary>One of <see cref="Variants.Names"/>.</summary>
    public string Variant { get; init; } = "asff";

    /// <summary>Multiplies the backbone's channels; 1 is the paper.</summary>
    public double BackboneWidth { get; init; } = 1;

    /// <summary>Multiplies the channels of neck, fusion and heads; 1 is the paper.</summary>
    public double NeckWidth { get; init; } = 1;

    /// <summary>Nine anchor shapes (width, height) in input pixels, smallest first; empty: the variant's.</summary>
    public IReadOnlyList<float[]> Anchors { get; init; } = [];

    /// <summary>Score threshold that the exported file recommends, 0..1.</summary>
    public float ScoreThreshold { get; init; } = 0.3f;

    /// <summary>NMS threshold that the exported file recommends, 0..1.</summary>
    public float NmsThreshold { get; init; } = 0.6f;

    /// <summary>The network for a number of classes.</summary>
    /// <exception cref="ArgumentException">A value is out of range; the message names it and what is allowed.</exception>
    public NetworkConfiguration CreateNetwork(int classes)
    {
        NetworkConfiguration network = Variants.Create(Variant, classes);
        RequireWidth(BackboneWidth, "backbone_width");
        RequireWidth(NeckWidth, "neck_width");
        RequireShare(ScoreThreshold, "score_threshold");
        RequireShare(NmsThreshold, "nms_threshold");
        if (
            Anchors.Count is not (0 or 9)
            || Anchors.Any(shape => shape.Length != 2 || shape[0] <= 0 || shape[1] <= 0)
        )
        {
            throw new ArgumentException(
                "model.anchors must hold nine shapes [width, height] above 0, smallest first, or be left out"
            );
        }

        return network with
        {
            BackboneWidth = BackboneWidth,
            NeckWidth = NeckWidth,
            Anchors = Anchors.Count == 9 ? Anchors : network.Anchors,
        };
    }

    private static void RequireWidth(double width, string key)
    {
        if (width is not (>= 0.1 and <= 4))
        {
            throw new ArgumentException($"model.{key} is {width}; allowed: 0.1 to 4");
        }
    }

    private static void RequireShare(float value, string key)
    {
        if (value is not (>= 0 and <= 1))
        {
            throw new ArgumentException($"model.{key} is {value}; allowed: 0 to 1");
        }
    }
}

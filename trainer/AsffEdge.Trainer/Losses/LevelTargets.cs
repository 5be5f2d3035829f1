namespace AsffEdge.Trainer.Losses;

/// <summary>What one pyramid level is trained towards, over N·P·H·W prediction sites (image, prediction, row, column).</summary>
public sealed class LevelTargets
{
    /// <summary>Weight of every site's objectness; 0 where it is not charged.</summary>
    public required float[] ObjectnessWeights { get; init; }

    /// <summary>1 at positives.</summary>
    public required float[] ObjectnessTargets { get; init; }

    /// <summary>Sites of the positives.</summary>
    public required long[] Sites { get; init; }

    /// <summary>xc, yc, w, h of each positive in input pixels.</summary>
    public required float[] Boxes { get; init; }

    /// <summary>Centre offset (x, y) of each positive inside its cell, 0..1.</summary>
    public required float[] Offsets { get; init; }

    /// <summary>2 − w·h/S² of each positive.</summary>
    public required float[] Scales { get; init; }

    /// <summary>[positives, C] class targets.</summary>
    public required float[] Classes { get; init; }

    /// <summary>Sites whose guided shape is trained; none without guided anchoring.</summary>
    public required long[] GuidanceSites { get; init; }

    /// <summary>w, h in input pixels that each guided shape is trained towards.</summary>
    public required float[] GuidanceShapes { get; init; }
}

namespace AsffEdge.Trainer.Losses;

/// <summary>What can be chosen about the loss.</summary>
public sealed record LossOptions
{
    /// <summary>Cells whose decoded box overlaps an object more than this (IoU) are not charged as background.</summary>
    public float IgnoreThreshold { get; init; } = 0.7f;

    /// <summary>Class targets become 1 − 1/C and 1/C.</summary>
    public bool LabelSmoothing { get; init; }

    /// <summary>On the levels beside an object's own, objectness is not charged inside its box times this (Table 2); 0: charged everywhere.</summary>
    public float IgnoreEpsilon { get; init; }
}

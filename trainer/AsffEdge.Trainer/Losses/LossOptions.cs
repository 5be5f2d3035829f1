namespace AsffEdge.Trainer.Losses;

/// <summary>What can be chosen about the loss.</summary>
public sealed record LossOptions
{
    /// <summary>Cells whose decoded box overlaps an object more than this (IoU) are not charged as background.</summary>
    public float IgnoreThreshold { get; init; } = 0.7f;

    /// <summary>
    /// Boxes are charged 1 − IoU² beside the cross-entropy and L1 of YOLOv3 (Table 1, IoU). The shapes of guided anchoring keep their
    /// own 1 − IoU² either way: nothing else trains them on their own.
    /// </summary>
    public bool IouLoss { get; init; } = true;

    /// <summary>Class targets become 1 − 1/C and 1/C; needs three classes, since two would both be ½.</summary>
    public bool LabelSmoothing { get; init; }

    /// <summary>On the levels beside an object's own, objectness is not charged inside its box times this, 0..1 (Table 2); 0: charged everywhere.</summary>
    public float IgnoreEpsilon { get; init; }

    /// <summary>On the levels beside an object's own, objectness is not charged at the cell of its centre (Table 2, "center location").</summary>
    public bool IgnoreCentre { get; init; }

    /// <summary>What is wrong with these options, one sentence a mistake.</summary>
    /// <param name="classes">Number of classes; null while it is not known.</param>
    public IEnumerable<string> Problems(int? classes)
    {
        if (IgnoreThreshold is not (>= 0 and <= 1))
        {
            yield return $"loss.ignore_threshold is {IgnoreThreshold}; allowed: 0 to 1";
        }

        if (IgnoreEpsilon is not (>= 0 and <= 1))
        {
            yield return $"loss.ignore_epsilon is {IgnoreEpsilon}; allowed: 0 (off) to 1 (the whole box)";
        }

        if (IgnoreCentre && IgnoreEpsilon != 0)
        {
            yield return $"loss.ignore_centre and loss.ignore_epsilon ({IgnoreEpsilon}) exclude each other; switch one off (false or 0)";
        }

        if (LabelSmoothing && classes < 3)
        {
            yield return $"loss.label_smoothing needs at least 3 classes, there are {classes}: the targets 1 − 1/C and 1/C would say nothing or the opposite";
        }
    }
}

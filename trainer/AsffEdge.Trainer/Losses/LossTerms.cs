namespace AsffEdge.Trainer.Losses;

/// <summary>The loss's terms, each summed over cells and levels and divided by the batch size.</summary>
/// <param name="Anchor">1 − IoU² of the guided shapes.</param>
/// <param name="Iou">1 − IoU² of the decoded boxes, scaled.</param>
/// <param name="L1">Binary cross-entropy of the centre offsets and L1 of the log sizes, scaled.</param>
/// <param name="Objectness">Binary cross-entropy of the objectness.</param>
/// <param name="Class">Binary cross-entropy of the classes.</param>
public readonly record struct LossTerms(
    double Anchor,
    double Iou,
    double L1,
    double Objectness,
    double Class
)
{
    /// <summary>What is minimised.</summary>
    public double Total => Anchor + Iou + L1 + Objectness + Class;

    /// <summary>Adds term by term.</summary>
    public static LossTerms operator +(LossTerms a, LossTerms b) =>
        new(
            a.Anchor + b.Anchor,
            a.Iou + b.Iou,
            a.L1 + b.L1,
            a.Objectness + b.Objectness,
            a.Class + b.Class
        );

    /// <summary>Divides every term.</summary>
    public static LossTerms operator /(LossTerms a, double by) =>
        new(a.Anchor / by, a.Iou / by, a.L1 / by, a.Objectness / by, a.Class / by);

    /// <summary>Adds term by term.</summary>
    public static LossTerms Add(LossTerms left, LossTerms right) => left + right;

    /// <summary>Divides every term.</summary>
    public static LossTerms Divide(LossTerms left, double right) => left / right;
}

namespace AsffEdge.Trainer.Evaluation;

/// <summary>PASCAL VOC's average precision at IoU 0.5, 0..1; −1 where there are no objects to measure on.</summary>
/// <param name="AP50">Area under the curve (VOC 2010 and later), mean over the classes.</param>
/// <param name="AP50ElevenPoints">Over 11 recalls (VOC 2007), mean over the classes.</param>
/// <param name="Classes">By class id.</param>
public sealed record VocResult(
    double AP50,
    double AP50ElevenPoints,
    IReadOnlyList<VocClassResult> Classes
);

/// <summary>One class's part; null where it has no objects.</summary>
/// <param name="AP50">Area under the curve.</param>
/// <param name="AP50ElevenPoints">Over 11 recalls.</param>
public sealed record VocClassResult(double? AP50, double? AP50ElevenPoints);

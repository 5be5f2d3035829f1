namespace AsffEdge.Trainer.Evaluation;

/// <summary>How well a model does on a data set at one input size.</summary>
/// <param name="Size">Input size in pixels.</param>
/// <param name="Images">Pictures that were looked at.</param>
/// <param name="Detections">All that was found at or above the score floor, picture by picture, best first.</param>
/// <param name="Coco">COCO's figures.</param>
/// <param name="Voc">VOC's figures.</param>
public sealed record ModelEvaluation(
    int Size,
    int Images,
    IReadOnlyList<ScoredBox> Detections,
    CocoResult Coco,
    VocResult Voc
);

namespace AsffEdge.Trainer.Evaluation;

/// <summary>An object that is there, in pixels of its picture.</summary>
/// <param name="ImageId">The picture.</param>
/// <param name="ClassId">Index into the labels.</param>
/// <param name="Left">Left edge.</param>
/// <param name="Top">Top edge.</param>
/// <param name="Width">Width.</param>
/// <param name="Height">Height.</param>
/// <param name="Area">Square pixels of the object's outline; decides between small, medium and large.</param>
/// <param name="IsCrowd">A group of objects: finding any number of them counts neither for nor against.</param>
/// <param name="IsDifficult">Marked as too hard to be asked for (VOC): finding it counts neither for nor against.</param>
public readonly record struct GroundTruthBox(
    long ImageId,
    int ClassId,
    double Left,
    double Top,
    double Width,
    double Height,
    double Area,
    bool IsCrowd,
    bool IsDifficult = false
);

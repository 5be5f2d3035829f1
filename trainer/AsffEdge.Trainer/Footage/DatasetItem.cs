namespace AsffEdge.Trainer.Footage;

/// <summary>A picture of a data set with its objects; their category ids are class ids and 1.</summary>
/// <param name="Part">Where it belongs.</param>
/// <param name="Image">The picture.</param>
/// <param name="Annotations">Its objects; ids and image ids are given anew when the data set is written.</param>
public sealed record DatasetItem(
    DatasetPart Part,
    FootageImage Image,
    IReadOnlyList<FootageAnnotation> Annotations
);

using AsffEdge.Trainer.Evaluation;

namespace AsffEdge.Trainer.Data;

/// <summary>Pictures, classes and objects of a data set, whatever format they were written in.</summary>
public sealed class AnnotationSet
{
    private readonly ILookup<long, GroundTruthBox> _byImage;

    /// <param name="labels">Class names by class id.</param>
    /// <param name="categoryIds">The file's own id of each class; null for a class that it does not know.</param>
    /// <param name="images">The pictures in order.</param>
    /// <param name="objects">All objects in the files' order, crowds and difficult ones included.</param>
    public AnnotationSet(
        IReadOnlyList<string> labels,
        IReadOnlyList<int?> categoryIds,
        IReadOnlyList<AnnotatedImage> images,
        IReadOnlyList<GroundTruthBox> objects
    )
    {
        Labels = labels;
        CategoryIds = categoryIds;
        Images = images;
        Objects = objects;
        _byImage = objects.ToLookup(box => box.ImageId);
    }

    /// <summary>Class names by class id.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>By class id: COCO's category id, YOLO's class number, or for VOC the class id and 1. Null for a class that the files do not know.</summary>
    public IReadOnlyList<int?> CategoryIds { get; }

    /// <summary>The pictures, in the order of the data set.</summary>
    public IReadOnlyList<AnnotatedImage> Images { get; }

    /// <summary>All objects as the files have them (unclipped), crowds and difficult ones included: what evaluation compares with.</summary>
    public IReadOnlyList<GroundTruthBox> Objects { get; }

    /// <summary>The objects of one picture, in the file's order.</summary>
    public IEnumerable<GroundTruthBox> Of(long imageId) => _byImage[imageId];
}

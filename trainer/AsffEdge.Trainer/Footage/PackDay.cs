using AsffEdge.Detection;

namespace AsffEdge.Trainer.Footage;

/// <summary>A day's document of a pack, to be looked up in.</summary>
internal sealed class PackDay(FootageDocument document)
{
    /// <summary>By the picture's name in the pack.</summary>
    public Dictionary<string, FootageImage> Images { get; } =
        document.Images.ToDictionary(image => image.FileName);

    /// <summary>By the picture's id.</summary>
    public ILookup<long, FootageAnnotation> Objects { get; } =
        document.Annotations.ToLookup(one => one.ImageId);

    /// <summary>Class names by category id.</summary>
    public Dictionary<int, string> Labels { get; } =
        document.Categories.ToDictionary(category => category.Id, category => category.Name);
}

/// <summary>A picture of a pack that has been checked and written.</summary>
/// <param name="Item">With names of the data set and category ids of the pack.</param>
/// <param name="Hash">Of its pixels.</param>
/// <param name="Labels">The pack's class names by category id.</param>
/// <param name="Pack">The pack's identity.</param>
internal sealed record ImportedPicture(
    DatasetItem Item,
    DifferenceHash Hash,
    IReadOnlyDictionary<int, string> Labels,
    string Pack
);

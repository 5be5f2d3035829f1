using AsffEdge.Trainer.Data;

namespace AsffEdge.Trainer.Footage;

/// <summary>
/// Brings home what a person corrected, picture by picture: what was exported, what came back, and what the data set holds now are compared, so that neither a correction nor a change made
/// meanwhile is lost unseen.
/// </summary>
/// <param name="dataset">The data set as it is now.</param>
internal sealed class CorrectionMerge(DatasetFolder dataset)
{
    private readonly Dictionary<string, FootageImage> _pictures = dataset.Items.ToDictionary(
        item => AnnotationExchange.FlatName(item.Image.FileName),
        item => item.Image
    );

    private readonly List<string> _conflicts = [];
    private readonly HashSet<string> _spoilt = [];
    private readonly Dictionary<string, int> _turned = [];

    /// <summary>What cannot be taken, one line each.</summary>
    public IReadOnlyList<string> Conflicts => _conflicts;

    /// <summary>Pictures whose objects a person has changed.</summary>
    public int Corrected { get; private set; }

    /// <summary>Pictures that came back as they were: looked at and found right.</summary>
    public int Confirmed { get; private set; }

    /// <summary>Boxes of corrected pictures that a person has turned: the upright boxes around them were taken.</summary>
    public int Turned { get; private set; }

    /// <summary>Merges; where there is a conflict, the data set's own objects stay.</summary>
    /// <param name="exported">What was handed out.</param>
    /// <param name="corrected">What came back.</param>
    public IReadOnlyList<DatasetItem> Merge(CocoDocument exported, CocoDocument corrected)
    {
        Dictionary<string, List<FootageAnnotation>> before = ByName(exported, "exported");
        Dictionary<string, List<FootageAnnotation>> theirs = ByName(corrected, "corrected");
        var merged = new List<DatasetItem>(dataset.Items.Count);
        foreach (DatasetItem item in dataset.Items)
        {
            string name = AnnotationExchange.FlatName(item.Image.FileName);
            merged.Add(
                theirs.TryGetValue(name, out List<FootageAnnotation>? after)
                && !_spoilt.Contains(name)
                    ? Merge(item, before.GetValueOrDefault(name), after)
                    : item
            );
        }

        foreach (string name in theirs.Keys.Where(name => !_pictures.ContainsKey(name)))
        {
            _conflicts.Add($"image '{name}': is not in the data set");
        }

        return merged;
    }

    private DatasetItem Merge(
        DatasetItem ours,
        List<FootageAnnotation>? before,
        List<FootageAnnotation> theirs
    )
    {
        bool theyChanged = before is null || !BoxMatcher.AreEqual(before, theirs);
        bool weChanged = before is null || !BoxMatcher.AreEqual(before, ours.Annotations);
        if (BoxMatcher.AreEqual(ours.Annotations, theirs))
        {
            Confirmed++;
            return Reviewed(ours, ours.Annotations);
        }

        if (theyChanged && weChanged)
        {
            string reason = before is null
                ? "was not among the exported ones, and differs"
                : "was changed by both since it was exported";
            _conflicts.Add(
                $"image '{AnnotationExchange.FlatName(ours.Image.FileName)}': {reason} ({ours.Annotations.Count} objects here, {theirs.Count} there)"
            );
            return ours;
        }

        if (!theyChanged)
        {
            // Changed here only: what the person saw is no longer what is here, so it is not confirmed.
            return ours;
        }

        Corrected++;
        Turned += _turned.GetValueOrDefault(AnnotationExchange.FlatName(ours.Image.FileName));
        return Reviewed(ours, theirs);
    }

    private static DatasetItem Reviewed(
        DatasetItem item,
        IReadOnlyList<FootageAnnotation> annotations
    ) =>
        item with
        {
            Image = item.Image with { Reviewed = true },
            Annotations =
            [
                .. annotations.Select(one =>
                    one with
                    {
                        Source = FootageAnnotation.Human,
                        Score = null,
                    }
                ),
            ],
        };

    private Dictionary<string, List<FootageAnnotation>> ByName(CocoDocument document, string which)
    {
        var byName = new Dictionary<string, List<FootageAnnotation>>();
        Dictionary<long, CocoImage> images = ImagesOf(document, byName, which);
        Dictionary<int, string> labels = LabelsOf(document, which);
        Dictionary<string, int> classIds = AnnotationRules.IndexOf(dataset.Manifest.Classes);
        HashSet<long> ids = [];
        foreach (CocoAnnotation annotation in document.Annotations)
        {
            if (!images.TryGetValue(annotation.ImageId, out CocoImage? image))
            {
                _conflicts.Add(
                    $"annotation {annotation.Id}: is of image {annotation.ImageId}, which is not among the images ({which})"
                );
                continue;
            }

            string name = NameOf(image);
            FootageImage? picture = _pictures.GetValueOrDefault(name);
            string? label = labels.GetValueOrDefault(annotation.CategoryId);
            double[] box = annotation.UprightBox(picture?.Width ?? 0, picture?.Height ?? 0);
            int classId = -1;
            string? problem =
                !ids.Add(annotation.Id) ? "its id occurs twice; ids must be unique"
                : label is null
                    ? $"is of category {annotation.CategoryId}; allowed: {string.Join(", ", labels.Keys)}"
                : !classIds.TryGetValue(label, out classId)
                    ? AnnotationRules.UnknownClass(label, dataset.Manifest.Classes)
                : annotation.Iscrowd != 0
                    ? $"is a group of objects (iscrowd {annotation.Iscrowd}); allowed: a box for each object (iscrowd 0)"
                : picture is null ? null // it is told once that there is no such picture
                : PackDocumentCheck.BoxProblem(box, picture.Width, picture.Height);
            if (problem is not null)
            {
                // Without one of its objects the picture is not what the person made of it.
                _spoilt.Add(name);
                _conflicts.Add(
                    $"image '{image.FileName}': annotation {annotation.Id}: {problem} ({which})"
                );
            }
            else if (picture is not null)
            {
                byName[name]
                    .Add(
                        new FootageAnnotation
                        {
                            Id = 0,
                            ImageId = 0,
                            CategoryId = classId + 1,
                            Bbox = box,
                            Area = annotation.AreaOfObject,
                            Source = FootageAnnotation.Human,
                        }
                    );
                if (annotation.IsTurned)
                {
                    _turned[name] = _turned.GetValueOrDefault(name) + 1;
                }
            }
        }

        return byName;
    }

    private Dictionary<long, CocoImage> ImagesOf(
        CocoDocument document,
        Dictionary<string, List<FootageAnnotation>> byName,
        string which
    )
    {
        var images = new Dictionary<long, CocoImage>();
        foreach (CocoImage image in document.Images)
        {
            string name = NameOf(image);
            if (!images.TryAdd(image.Id, image))
            {
                // Whose of the two the objects are is not to be told.
                _spoilt.Add(NameOf(images[image.Id]));
                Spoil($"has the id {image.Id} of another one; ids must be unique");
            }
            else if (byName.ContainsKey(name))
            {
                // As Label Studio writes a picture that two persons have annotated.
                Spoil("occurs twice; there must be one version of it");
            }
            else if (
                image is { Width: > 0, Height: > 0 }
                && _pictures.TryGetValue(name, out FootageImage? picture)
                && (image.Width, image.Height) != (picture.Width, picture.Height)
            )
            {
                Spoil(
                    $"has {image.Width}x{image.Height} pixels; in the data set it has {picture.Width}x{picture.Height}, so its boxes are of another picture"
                );
            }

            byName.TryAdd(name, []);

            void Spoil(string reason)
            {
                _spoilt.Add(name);
                _conflicts.Add($"image '{image.FileName}': {reason} ({which})");
            }
        }

        return images;
    }

    private Dictionary<int, string> LabelsOf(CocoDocument document, string which)
    {
        var labels = new Dictionary<int, string>();
        foreach (IGrouping<int, CocoCategory> same in document.Categories.GroupBy(one => one.Id))
        {
            if (same.Count() > 1)
            {
                _conflicts.Add(
                    $"category id {same.Key} occurs twice; ids must be unique ({which})"
                );
            }
            else
            {
                labels.Add(same.Key, same.First().Name);
            }
        }

        return labels;
    }

    private string NameOf(CocoImage image) =>
        AnnotationExchange.FlatNameIn(image.FileName, _pictures.ContainsKey);
}

using AsffEdge.Trainer.Data;

namespace AsffEdge.Trainer.Footage;

/// <summary>
/// Brings home what a person corrected, picture by picture: what was exported, what came back, and what the data set holds now are compared, so that neither a correction nor a change made
/// meanwhile is lost unseen.
/// </summary>
/// <param name="dataset">The data set as it is now.</param>
internal sealed class CorrectionMerge(DatasetFolder dataset)
{
    private readonly List<string> _conflicts = [];
    private readonly HashSet<string> _spoilt = [];

    /// <summary>What cannot be taken, one line each.</summary>
    public IReadOnlyList<string> Conflicts => _conflicts;

    /// <summary>Pictures whose objects a person has changed.</summary>
    public int Corrected { get; private set; }

    /// <summary>Pictures that came back as they were: looked at and found right.</summary>
    public int Confirmed { get; private set; }

    /// <summary>Merges; where there is a conflict, the data set's own objects stay.</summary>
    /// <param name="exported">What was handed out.</param>
    /// <param name="corrected">What came back.</param>
    public IReadOnlyList<DatasetItem> Merge(CocoDocument exported, CocoDocument corrected)
    {
        Dictionary<string, List<FootageAnnotation>> before = ByName(exported, "exported");
        Dictionary<string, List<FootageAnnotation>> theirs = ByName(corrected, "corrected");
        HashSet<string> known = [];
        var merged = new List<DatasetItem>(dataset.Items.Count);
        foreach (DatasetItem item in dataset.Items)
        {
            string name = AnnotationExchange.FlatName(item.Image.FileName);
            known.Add(name);
            merged.Add(
                theirs.TryGetValue(name, out List<FootageAnnotation>? after)
                && !_spoilt.Contains(name)
                    ? Merge(item, before.GetValueOrDefault(name), after)
                    : item
            );
        }

        foreach (string name in theirs.Keys.Where(name => !known.Contains(name)))
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
        var images = new Dictionary<long, CocoImage>();
        var byName = new Dictionary<string, List<FootageAnnotation>>();
        foreach (CocoImage image in document.Images)
        {
            if (
                !images.TryAdd(image.Id, image)
                || !byName.TryAdd(AnnotationExchange.FlatNameIn(image.FileName), [])
            )
            {
                _conflicts.Add(
                    $"image '{image.FileName}': occurs twice, or its id {image.Id} does ({which})"
                );
            }
        }

        Dictionary<int, string> labels = document
            .Categories.DistinctBy(category => category.Id)
            .ToDictionary(category => category.Id, category => category.Name);
        Dictionary<string, int> ids = AnnotationRules.IndexOf(dataset.Manifest.Classes);
        foreach (CocoAnnotation annotation in document.Annotations)
        {
            if (!images.TryGetValue(annotation.ImageId, out CocoImage? image))
            {
                _conflicts.Add(
                    $"annotation {annotation.Id}: is of image {annotation.ImageId}, which is not among the images ({which})"
                );
                continue;
            }

            string label = labels.GetValueOrDefault(annotation.CategoryId, "");
            string? problem = ids.TryGetValue(label, out int classId)
                ? PackDocumentCheck.BoxProblem(annotation.Bbox, image.Width, image.Height)
                : AnnotationRules.UnknownClass(label, dataset.Manifest.Classes);
            if (problem is not null)
            {
                // Without one of its objects the picture is not what the person made of it.
                _spoilt.Add(AnnotationExchange.FlatNameIn(image.FileName));
                _conflicts.Add(
                    $"image '{image.FileName}': annotation {annotation.Id}: {problem} ({which})"
                );
                continue;
            }

            byName[AnnotationExchange.FlatNameIn(image.FileName)]
                .Add(
                    new FootageAnnotation
                    {
                        Id = 0,
                        ImageId = 0,
                        CategoryId = classId + 1,
                        Bbox = annotation.Bbox,
                        Area = annotation.Area ?? annotation.Bbox[2] * annotation.Bbox[3],
                        Source = FootageAnnotation.Human,
                    }
                );
        }

        return byName;
    }
}

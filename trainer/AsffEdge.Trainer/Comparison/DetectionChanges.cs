using AsffEdge.Trainer.Data;
using AsffEdge.Trainer.Evaluation;

namespace AsffEdge.Trainer.Comparison;

/// <summary>What changes on a picture when one model takes the other's place, each at its own recommended threshold.</summary>
/// <param name="Image">The picture's number in the data set.</param>
/// <param name="Found">Objects that only the new model finds.</param>
/// <param name="Lost">Objects that only the old model finds.</param>
/// <param name="FalseNow">Detections of the new model that are no object, where the old one had none.</param>
/// <param name="FalseGone">The same of the old model, where the new one has none.</param>
/// <param name="Others">The other objects.</param>
internal sealed record DetectionChanges(
    int Image,
    IReadOnlyList<GroundTruthBox> Found,
    IReadOnlyList<GroundTruthBox> Lost,
    IReadOnlyList<ScoredBox> FalseNow,
    IReadOnlyList<ScoredBox> FalseGone,
    IReadOnlyList<GroundTruthBox> Others
)
{
    /// <summary>IoU from which a detection is an object.</summary>
    public const double Overlap = 0.5;

    /// <summary>How many things changed.</summary>
    public int Count => Found.Count + Lost.Count + FalseNow.Count + FalseGone.Count;

    /// <summary>Compares picture by picture.</summary>
    /// <param name="annotations">What is there; crowds and difficult objects are left out.</param>
    /// <param name="old">What the old model found.</param>
    /// <param name="oldThreshold">Its score threshold.</param>
    /// <param name="next">What the new model found.</param>
    /// <param name="newThreshold">Its score threshold.</param>
    public static IReadOnlyList<DetectionChanges> Of(
        AnnotationSet annotations,
        IEnumerable<ScoredBox> old,
        double oldThreshold,
        IEnumerable<ScoredBox> next,
        double newThreshold
    )
    {
        ILookup<long, ScoredBox> before = old.Where(box => box.Score >= oldThreshold)
            .ToLookup(box => box.ImageId);
        ILookup<long, ScoredBox> after = next.Where(box => box.Score >= newThreshold)
            .ToLookup(box => box.ImageId);
        return
        [
            .. annotations.Images.Select(
                (image, index) =>
                    Of(
                        index,
                        [
                            .. annotations
                                .Of(image.Id)
                                .Where(box => box is { IsCrowd: false, IsDifficult: false }),
                        ],
                        Match(annotations.Of(image.Id), before[image.Id]),
                        Match(annotations.Of(image.Id), after[image.Id])
                    )
            ),
        ];
    }

    private static DetectionChanges Of(
        int image,
        GroundTruthBox[] truth,
        (HashSet<GroundTruthBox> Found, List<ScoredBox> False) old,
        (HashSet<GroundTruthBox> Found, List<ScoredBox> False) next
    ) =>
        new(
            image,
            [.. truth.Where(box => next.Found.Contains(box) && !old.Found.Contains(box))],
            [.. truth.Where(box => old.Found.Contains(box) && !next.Found.Contains(box))],
            [.. next.False.Where(box => !HasLike(old.False, box))],
            [.. old.False.Where(box => !HasLike(next.False, box))],
            [.. truth.Where(box => old.Found.Contains(box) == next.Found.Contains(box))]
        );

    private static bool HasLike(List<ScoredBox> boxes, ScoredBox box) =>
        boxes.Exists(other =>
            other.ClassId == box.ClassId && box.Overlap(AsTruth(other)) >= Overlap
        );

    private static GroundTruthBox AsTruth(ScoredBox box) =>
        new(box.ImageId, box.ClassId, box.Left, box.Top, box.Width, box.Height, 0, false);

    // Best detections choose first, each the free object of its class that it overlaps most.
    private static (HashSet<GroundTruthBox> Found, List<ScoredBox> False) Match(
        IEnumerable<GroundTruthBox> truth,
        IEnumerable<ScoredBox> detections
    )
    {
        GroundTruthBox[] all = [.. truth];
        HashSet<GroundTruthBox> found = [];
        List<ScoredBox> wrong = [];
        foreach (ScoredBox detection in detections.OrderByDescending(box => box.Score))
        {
            GroundTruthBox[] candidates =
            [
                .. all.Where(box =>
                        box.ClassId == detection.ClassId && detection.Overlap(box) >= Overlap
                    )
                    .OrderByDescending(box => detection.Overlap(box)),
            ];
            if (candidates.Length == 0)
            {
                wrong.Add(detection);
            }
            else if (Array.Exists(candidates, box => !found.Contains(box)))
            {
                found.Add(Array.Find(candidates, box => !found.Contains(box)));
            }
        }

        return (found, wrong);
    }
}

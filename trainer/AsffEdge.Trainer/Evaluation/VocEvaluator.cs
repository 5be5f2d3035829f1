namespace AsffEdge.Trainer.Evaluation;

/// <summary>
/// Average precision at IoU 0.5 as the PASCAL VOC challenge defines it (Everingham et al., 2010): a detection is compared
/// with the object it overlaps most, and is wrong if that one was found before. Edges are continuous, without VOC's extra pixel.
/// </summary>
public static class VocEvaluator
{
    private const double Threshold = 0.5;

    /// <summary>Evaluates all classes, both ways.</summary>
    /// <param name="truth">All objects; crowds and difficult ones count neither way.</param>
    /// <param name="detections">All detections.</param>
    /// <param name="classes">How many classes there are; class ids are below this.</param>
    public static VocResult Evaluate(
        IEnumerable<GroundTruthBox> truth,
        IEnumerable<ScoredBox> detections,
        int classes
    )
    {
        ILookup<int, GroundTruthBox> truthByClass = truth.ToLookup(box => box.ClassId);
        ILookup<int, ScoredBox> detectionsByClass = detections.ToLookup(box => box.ClassId);
        VocClassResult[] results =
        [
            .. Enumerable
                .Range(0, classes)
                .Select(classId =>
                {
                    PrecisionRecall? curve = Curve(
                        truthByClass[classId],
                        detectionsByClass[classId]
                    );
                    return new VocClassResult(curve?.Area(), ElevenPoints(curve));
                }),
        ];
        return new VocResult(
            results.Average(one => one.AP50) ?? -1,
            results.Average(one => one.AP50ElevenPoints) ?? -1,
            results
        );
    }

    /// <summary>Average precision of one class, as the area under the curve (VOC 2010 and later) or over 11 recalls (VOC 2007).</summary>
    /// <param name="truth">The class's objects; crowds and difficult ones count neither way.</param>
    /// <param name="detections">The class's detections.</param>
    /// <param name="elevenPoints">Whether to use the 11 recalls of VOC 2007.</param>
    /// <returns>0..1; null without objects.</returns>
    public static double? AveragePrecision(
        IEnumerable<GroundTruthBox> truth,
        IEnumerable<ScoredBox> detections,
        bool elevenPoints = false
    )
    {
        PrecisionRecall? curve = Curve(truth, detections);
        return elevenPoints ? ElevenPoints(curve) : curve?.Area();
    }

    private static double? ElevenPoints(PrecisionRecall? curve) =>
        curve?.Interpolated(11).Average();

    // Null without objects.
    private static PrecisionRecall? Curve(
        IEnumerable<GroundTruthBox> truth,
        IEnumerable<ScoredBox> detections
    )
    {
        Dictionary<long, GroundTruthBox[]> objects = truth
            .GroupBy(box => box.ImageId)
            .ToDictionary(group => group.Key, group => group.ToArray());
        int count = objects.Values.Sum(boxes => boxes.Count(Counts));
        if (count == 0)
        {
            return null;
        }

        var found = new HashSet<(long Image, int Object)>();
        var scores = new List<double>();
        var hits = new List<bool>();
        foreach (ScoredBox detection in detections.OrderByDescending(box => box.Score))
        {
            GroundTruthBox[] boxes = objects.GetValueOrDefault(detection.ImageId, []);
            (int nearest, double overlap) = Nearest(detection, boxes);
            bool overlaps = overlap >= Threshold;
            if (overlaps && !Counts(boxes[nearest]))
            {
                continue;
            }

            scores.Add(detection.Score);
            hits.Add(overlaps && found.Add((detection.ImageId, nearest)));
        }

        return PrecisionRecall.From(scores, hits, count);
    }

    private static bool Counts(GroundTruthBox box) => box is { IsCrowd: false, IsDifficult: false };

    private static (int Index, double Overlap) Nearest(
        in ScoredBox detection,
        GroundTruthBox[] boxes
    )
    {
        (int nearest, double most) = (-1, 0);
        for (int index = 0; index < boxes.Length; index++)
        {
            double overlap = detection.Overlap(boxes[index] with { IsCrowd = false });
            if (overlap > most)
            {
                (nearest, most) = (index, overlap);
            }
        }

        return (nearest, most);
    }
}

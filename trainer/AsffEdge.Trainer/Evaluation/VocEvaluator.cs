namespace AsffEdge.Trainer.Evaluation;

/// <summary>
/// Average precision at IoU 0.5 as the PASCAL VOC challenge defines it (Everingham et al., 2010): a detection is compared
/// with the object it overlaps most, and is wrong if that one was found before. Edges are continuous, without VOC's extra pixel.
/// </summary>
public static class VocEvaluator
{
    private const double Threshold = 0.5;

    /// <summary>Average precision of one class, as the area under the curve (VOC 2010 and later) or over 11 recalls (VOC 2007).</summary>
    /// <param name="truth">The class's objects; those marked as crowd are VOC's "difficult" ones, which count neither way.</param>
    /// <param name="detections">The class's detections.</param>
    /// <param name="elevenPoints">Whether to use the 11 recalls of VOC 2007.</param>
    /// <returns>0..1; null without objects.</returns>
    public static double? AveragePrecision(
        IEnumerable<GroundTruthBox> truth,
        IEnumerable<ScoredBox> detections,
        bool elevenPoints = false
    )
    {
        Dictionary<long, GroundTruthBox[]> objects = truth
            .GroupBy(box => box.ImageId)
            .ToDictionary(group => group.Key, group => group.ToArray());
        int count = objects.Values.Sum(boxes => boxes.Count(box => !box.IsCrowd));
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
            if (overlaps && boxes[nearest].IsCrowd)
            {
                continue;
            }

            scores.Add(detection.Score);
            hits.Add(overlaps && found.Add((detection.ImageId, nearest)));
        }

        var curve = PrecisionRecall.From(scores, hits, count);
        return elevenPoints ? curve.Interpolated(11).Average() : curve.Area();
    }

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

namespace AsffEdge.Trainer.Evaluation;

/// <summary>Precision against recall as the score threshold is lowered past one detection after the other, best first.</summary>
/// <param name="Scores">The detections' scores, falling.</param>
/// <param name="Precision">Share of the detections down to there that found an object, 0..1.</param>
/// <param name="Recall">Share of the objects found by then, 0..1, never falling.</param>
public sealed record PrecisionRecall(double[] Scores, double[] Precision, double[] Recall)
{
    private const double Tolerance = 0.02;

    /// <summary>Recall of all detections together; 0 without any.</summary>
    public double FinalRecall => Recall.Length == 0 ? 0 : Recall[^1];

    /// <summary>Counts up hits.</summary>
    /// <param name="scores">Falling.</param>
    /// <param name="hits">Whether each detection found an object.</param>
    /// <param name="objects">How many objects there are; above 0.</param>
    public static PrecisionRecall From(
        IReadOnlyList<double> scores,
        IReadOnlyList<bool> hits,
        int objects
    )
    {
        double[] precision = new double[hits.Count];
        double[] recall = new double[hits.Count];
        int found = 0;
        for (int index = 0; index < hits.Count; index++)
        {
            found += hits[index] ? 1 : 0;
            precision[index] = (double)found / (index + 1);
            recall[index] = (double)found / objects;
        }

        return new PrecisionRecall([.. scores], precision, recall);
    }

    /// <summary>One curve over the detections of several, such as those of all classes; null without any.</summary>
    /// <param name="parts">The curves, each with the number of its objects.</param>
    public static PrecisionRecall? Merge(IReadOnlyList<(PrecisionRecall Curve, int Objects)> parts)
    {
        if (parts.Count == 0)
        {
            return null;
        }

        // A detection found an object where recall rises with it.
        (double Score, bool Hit)[] ranked =
        [
            .. parts
                .SelectMany(part =>
                    part.Curve.Scores.Select(
                        (score, index) =>
                            (
                                Score: score,
                                Hit: part.Curve.Recall[index]
                                    > (index == 0 ? 0 : part.Curve.Recall[index - 1])
                            )
                    )
                )
                .OrderByDescending(detection => detection.Score),
        ];
        return From(
            [.. ranked.Select(detection => detection.Score)],
            [.. ranked.Select(detection => detection.Hit)],
            parts.Sum(part => part.Objects)
        );
    }

    /// <summary>
    /// The best precision at or beyond each of <paramref name="count"/> evenly spaced recalls from 0 to 1; 0 where the recall
    /// is never reached. Its mean over 101 recalls is COCO's average precision, over 11 that of VOC 2007.
    /// </summary>
    public double[] Interpolated(int count)
    {
        double[] envelope = Envelope();
        double[] sampled = new double[count];
        double step = 1.0 / (count - 1);
        int index = 0;
        for (int sample = 0; sample < count; sample++)
        {
            double wanted = sample == count - 1 ? 1 : sample * step;
            while (index < Recall.Length && Recall[index] < wanted)
            {
                index++;
            }

            sampled[sample] = index < Recall.Length ? envelope[index] : 0;
        }

        return sampled;
    }

    /// <summary>Area under the best precision at or beyond each recall: the average precision of VOC 2010 and later.</summary>
    public double Area()
    {
        double[] envelope = Envelope();
        double area = 0;
        double before = 0;
        for (int index = 0; index < envelope.Length; index++)
        {
            area += (Recall[index] - before) * envelope[index];
            before = Recall[index];
        }

        return area;
    }

    /// <summary>The score threshold with the highest F1 (harmonic mean of precision and recall); null when nothing was found.</summary>
    public OperatingPoint? Best()
    {
        OperatingPoint? best = null;
        for (int index = 0; index < Scores.Length; index++)
        {
            // A threshold cannot part equal scores.
            bool ends = index == Scores.Length - 1 || Scores[index + 1] < Scores[index];
            var point = new OperatingPoint(Scores[index], Precision[index], Recall[index]);
            if (ends && point.F1 > (best?.F1 ?? 0))
            {
                best = point;
            }
        }

        return best;
    }

    /// <summary>
    /// The score threshold to recommend: the middle of those around <see cref="Best"/> with which F1 stays within 2 % of the greatest. With few
    /// objects it is chance which of them is the very best. Null when nothing was found.
    /// </summary>
    public double? Recommended()
    {
        if (Best() is not { } best)
        {
            return null;
        }

        int at = Array.LastIndexOf(Scores, best.Score);
        int first = at;
        int last = at;
        while (first > 0 && IsGood(first - 1))
        {
            first--;
        }

        while (last < Scores.Length - 1 && IsGood(last + 1))
        {
            last++;
        }

        return (Scores[first] + Scores[last]) / 2;

        bool IsGood(int index) =>
            new OperatingPoint(Scores[index], Precision[index], Recall[index]).F1
            >= (1 - Tolerance) * best.F1;
    }

    private double[] Envelope()
    {
        double[] envelope = [.. Precision];
        for (int index = envelope.Length - 2; index >= 0; index--)
        {
            envelope[index] = Math.Max(envelope[index], envelope[index + 1]);
        }

        return envelope;
    }
}

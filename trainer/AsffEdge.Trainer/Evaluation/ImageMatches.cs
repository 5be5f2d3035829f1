namespace AsffEdge.Trainer.Evaluation;

/// <summary>Which detections of one class in one picture found an object, at each IoU threshold, within one range of areas.</summary>
internal sealed class ImageMatches
{
    private ImageMatches(int thresholds, int detections)
    {
        Found = new bool[thresholds, detections];
        Ignored = new bool[thresholds, detections];
    }

    /// <summary>[threshold, detection]: it found an object or a crowd.</summary>
    public bool[,] Found { get; }

    /// <summary>[threshold, detection]: it counts neither for nor against.</summary>
    public bool[,] Ignored { get; }

    /// <summary>Objects that count.</summary>
    public int Objects { get; private init; }

    /// <summary>
    /// Matches as the COCO evaluation does: detections choose in order of score; each takes the object it overlaps most among
    /// those still free, and one that does not count only where no other will do.
    /// </summary>
    /// <param name="truth">The objects.</param>
    /// <param name="detections">Best first.</param>
    /// <param name="overlaps">[detection, object].</param>
    /// <param name="thresholds">IoU thresholds.</param>
    /// <param name="minArea">Objects smaller than this do not count, nor do detections that found nothing.</param>
    /// <param name="maxArea">Likewise for larger ones.</param>
    public static ImageMatches Match(
        GroundTruthBox[] truth,
        ScoredBox[] detections,
        double[,] overlaps,
        ReadOnlySpan<double> thresholds,
        double minArea,
        double maxArea
    )
    {
        bool[] ignorable = Array.ConvertAll(
            truth,
            box => box.IsCrowd || box.IsDifficult || box.Area < minArea || box.Area > maxArea
        );
        int[] order = [.. Enumerable.Range(0, truth.Length).OrderBy(index => ignorable[index])];
        var matches = new ImageMatches(thresholds.Length, detections.Length)
        {
            Objects = ignorable.Count(ignored => !ignored),
        };
        for (int threshold = 0; threshold < thresholds.Length; threshold++)
        {
            bool[] taken = new bool[truth.Length];
            for (int detection = 0; detection < detections.Length; detection++)
            {
                int match = Choose(detection, thresholds[threshold]);
                if (match >= 0)
                {
                    taken[match] = true;
                    matches.Found[threshold, detection] = true;
                    matches.Ignored[threshold, detection] = ignorable[match];
                }
                else
                {
                    double area = detections[detection].Width * detections[detection].Height;
                    matches.Ignored[threshold, detection] = area < minArea || area > maxArea;
                }
            }

            int Choose(int detection, double threshold)
            {
                double best = Math.Min(threshold, 1 - 1e-10);
                int chosen = -1;
                foreach (int index in order)
                {
                    if (taken[index] && !truth[index].IsCrowd)
                    {
                        continue;
                    }

                    if (chosen >= 0 && !ignorable[chosen] && ignorable[index])
                    {
                        break;
                    }

                    // Of equals the later one is taken, as the reference does.
                    if (overlaps[detection, index] >= best)
                    {
                        best = overlaps[detection, index];
                        chosen = index;
                    }
                }

                return chosen;
            }
        }

        return matches;
    }
}

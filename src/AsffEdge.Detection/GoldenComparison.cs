using System.Globalization;

namespace AsffEdge.Detection;

/// <summary>
/// Compares what was found in a golden picture with what must be: every object that must be found is, once, and nothing is found that is not
/// known. An object whose score lies within the tolerance of the threshold may be there or not.
/// </summary>
internal static class GoldenComparison
{
    /// <summary>Compares.</summary>
    /// <param name="golden">The tolerances.</param>
    /// <param name="size">What must be found.</param>
    /// <param name="found">What was found with the thresholds of <paramref name="size"/>.</param>
    public static GoldenResult Compare(
        GoldenPicture golden,
        GoldenSize size,
        ReadOnlySpan<DetectedObject> found
    )
    {
        GoldenObject[] left = [.. size.Objects.OrderByDescending(expected => expected.Score)];
        int must = left.Count(expected => size.MustBeFound(expected, golden.ScoreTolerance));
        var isTaken = new bool[left.Length];
        float scoreError = 0;
        float leastOverlap = 1;
        string? problem = null;
        foreach (DetectedObject one in found)
        {
            int best = Nearest(left, isTaken, one, out float overlap);
            if (best < 0 || !(overlap >= golden.LeastOverlap))
            {
                problem ??= Invariant(
                    $"it finds class {one.ClassId} with score {one.Score:F3} where nothing, or something else, must be found (IoU with the nearest: {overlap:F3})"
                );
                continue;
            }

            isTaken[best] = true;
            float error = MathF.Abs(one.Score - left[best].Score);
            scoreError = MathF.Max(scoreError, error);
            leastOverlap = MathF.Min(leastOverlap, overlap);
            if (!(error <= golden.ScoreTolerance))
            {
                problem ??= Invariant(
                    $"it finds an object with score {one.Score:F3} that must have {left[best].Score:F3}"
                );
            }
        }

        for (int i = 0; i < left.Length && problem is null; i++)
        {
            if (!isTaken[i] && size.MustBeFound(left[i], golden.ScoreTolerance))
            {
                problem = Invariant(
                    $"it does not find class {left[i].ClassId} with score {left[i].Score:F3}, one of {must} that it must"
                );
            }
        }

        return new GoldenResult(size.Size, must, found.Length, scoreError, leastOverlap, problem);
    }

    private static int Nearest(
        GoldenObject[] expected,
        bool[] isTaken,
        in DetectedObject one,
        out float overlap
    )
    {
        int best = -1;
        overlap = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            if (!isTaken[i] && expected[i].ClassId == one.ClassId)
            {
                float iou = expected[i].Place.IoU(one.Box);
                if (iou > overlap)
                {
                    (best, overlap) = (i, iou);
                }
            }
        }

        return best;
    }

    private static string Invariant(FormattableString text) =>
        text.ToString(CultureInfo.InvariantCulture);
}

using System.Globalization;

namespace AsffEdge.Agent.Models;

/// <summary>Judges a model by what the one before made of frames of the same cameras.</summary>
internal static class ModelComparison
{
    /// <summary>Fewer frames of a camera say nothing of what is to be found there.</summary>
    public const int LeastFrames = 50;

    /// <summary>Where fewer objects were to be expected, none at all may be chance.</summary>
    public const double LeastObjects = 50;

    /// <summary>A tenth of what was to be expected is a collapse.</summary>
    public const double LeastShare = 0.1;

    /// <summary>Twice the time is slow.</summary>
    public const double MostSlower = 2;

    /// <summary>A tenth of the frames may stay away before a model counts as one that does not keep up.</summary>
    public const double LeastKept = 0.9;

    private const int LeastTimes = 20;

    /// <summary>Whether next to nothing is found any more; null: it is not, or there was too little to judge by.</summary>
    /// <param name="before">Frames of the model before, from a comparable time.</param>
    /// <param name="after">Frames of the model in use.</param>
    public static string? WhyCollapsed(
        IReadOnlyCollection<FrameFigures> before,
        IReadOnlyCollection<FrameFigures> after
    )
    {
        Dictionary<int, (int Frames, long Objects)> then = ByCamera(before);
        double expected = 0;
        long found = 0;
        foreach ((int camera, (int frames, long objects)) in ByCamera(after))
        {
            if (frames >= LeastFrames && then.TryGetValue(camera, out var was))
            {
                expected +=
                    was.Frames >= LeastFrames ? (double)was.Objects / was.Frames * frames : 0;
                found += was.Frames >= LeastFrames ? objects : 0;
            }
        }

        return expected >= LeastObjects && found < LeastShare * expected
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"it found {found} objects where the model before would have found about {expected:F0}"
            )
            : null;
    }

    /// <summary>Whether inference takes more than twice as long at the same size; null: it does not, or there was too little to judge by.</summary>
    public static string? WhySlower(
        IReadOnlyCollection<FrameFigures> before,
        IReadOnlyCollection<FrameFigures> after
    )
    {
        foreach (IGrouping<int, FrameFigures> size in after.GroupBy(frame => frame.Size))
        {
            float[] then =
            [
                .. before.Where(frame => frame.Size == size.Key).Select(frame => frame.InferenceMs),
            ];
            float[] now = [.. size.Select(frame => frame.InferenceMs)];
            if (then.Length < LeastTimes || now.Length < LeastTimes)
            {
                continue;
            }

            (double was, double @is) = (Median(then), Median(now));
            if (@is > MostSlower * was)
            {
                return string.Create(
                    CultureInfo.InvariantCulture,
                    $"its inference takes {@is:F1} ms at size {size.Key}, that of the model before took {was:F1}"
                );
            }
        }

        return null;
    }

    /// <summary>The median; sorts what it is given.</summary>
    public static double Median(float[] values)
    {
        Array.Sort(values);
        int middle = values.Length / 2;
        return values.Length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    }

    private static Dictionary<int, (int Frames, long Objects)> ByCamera(
        IEnumerable<FrameFigures> frames
    ) =>
        frames
            .GroupBy(frame => frame.Camera)
            .ToDictionary(
                camera => camera.Key,
                camera => (camera.Count(), camera.Sum(frame => (long)frame.Objects))
            );
}

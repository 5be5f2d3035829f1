namespace AsffEdge.Agent.Pipeline;

/// <summary>Buckets for durations, 4.4 % apart, from 0.06 ms to 65 s; what lies beyond is in the first or the last.</summary>
internal static class LatencyBuckets
{
    private const int PerOctave = 16;
    private const int LowestOctave = -4;
    private const int Octaves = 20;

    /// <summary>How many there are.</summary>
    public const int Count = PerOctave * Octaves;

    /// <summary>The bucket of a duration.</summary>
    public static int Of(double milliseconds) =>
        Math.Clamp(
            (int)((Math.Log2(Math.Max(milliseconds, 1e-3)) - LowestOctave) * PerOctave),
            0,
            Count - 1
        );

    /// <summary>The middle of a bucket in ms, within 2.2 % of every duration in it.</summary>
    public static double Middle(int bucket) =>
        Math.Pow(2, ((bucket + 0.5) / PerOctave) + LowestOctave);
}

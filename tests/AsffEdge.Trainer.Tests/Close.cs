namespace AsffEdge.Trainer.Tests;

/// <summary>Comparison of floating-point numbers with a message that says what differs.</summary>
internal static class Close
{
    public static void Relative(double expected, double actual, double tolerance, string what) =>
        Assert.True(
            Math.Abs(expected - actual) <= tolerance * Math.Max(Math.Abs(expected), 1e-3),
            $"{what}: expected {expected:G9}, got {actual:G9} (relative {Math.Abs(expected - actual) / Math.Abs(expected):G3}, allowed {tolerance:G3})"
        );

    /// <summary>Largest difference over the largest magnitude of the reference.</summary>
    public static double WorstRelative(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        double largest = 0;
        double worst = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            largest = Math.Max(largest, Math.Abs(expected[i]));
            double difference = Math.Abs(expected[i] - actual[i]);
            worst = double.IsNaN(difference)
                ? double.PositiveInfinity
                : Math.Max(worst, difference);
        }

        return worst / largest;
    }

    /// <summary>Euclidean norm of the difference over that of the reference.</summary>
    public static double NormRelative(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            difference += Math.Pow((double)expected[i] - actual[i], 2);
            norm += Math.Pow(expected[i], 2);
        }

        return double.IsFinite(difference) ? Math.Sqrt(difference / norm) : double.PositiveInfinity;
    }
}

using System.Numerics;

namespace AsffEdge.Detection;

/// <summary>Scores before σ: what both decoders compare and search, so that σ is computed for the survivors only.</summary>
internal static class Logits
{
    public static float Sigmoid(float logit) => 1 / (1 + MathF.Exp(-logit));

    /// <summary>
    /// A logit that no score worth keeping lies under: logit(threshold) less a margin that covers the rounding of σ in float, as the exact
    /// comparison comes later.
    /// </summary>
    public static float Gate(float scoreThreshold)
    {
        double threshold = Math.Min(scoreThreshold, 0.9999);
        return threshold <= 0
            ? float.NegativeInfinity
            : (float)(Math.Log(threshold / (1 - threshold)) - 0.01);
    }

    /// <summary>
    /// Writes the indices of values ≥ <paramref name="gate"/> from <paramref name="cell"/> on, until the end or until
    /// <paramref name="found"/> may overflow.
    /// </summary>
    public static int FindAtLeast(
        ReadOnlySpan<float> values,
        float gate,
        ref int cell,
        Span<int> found
    )
    {
        int count = 0;
        var gates = new Vector<float>(gate);
        while (cell < values.Length && count + Vector<float>.Count <= found.Length)
        {
            int width = Math.Min(Vector<float>.Count, values.Length - cell);
            if (
                width == Vector<float>.Count
                && !Vector.GreaterThanOrEqualAny(
                    new Vector<float>(values.Slice(cell, width)),
                    gates
                )
            )
            {
                cell += width;
                continue;
            }

            for (int end = cell + width; cell < end; cell++)
            {
                if (values[cell] >= gate)
                {
                    found[count++] = cell;
                }
            }
        }

        return count;
    }
}

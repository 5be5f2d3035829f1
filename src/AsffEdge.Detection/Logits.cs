using System.Numerics;
using System.Runtime.InteropServices;

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
            cell += CountBelow(values[cell..], gates);
            int width = Math.Min(Vector<float>.Count, values.Length - cell);
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

    /// <summary>
    /// How many values at the start are certainly below the gate: whole blocks of vectors, then whole vectors. Nearly all values are, so that
    /// this loop is the search.
    /// </summary>
    private static int CountBelow(ReadOnlySpan<float> values, Vector<float> gates)
    {
        ReadOnlySpan<Vector<float>> vectors = MemoryMarshal.Cast<float, Vector<float>>(values);
        int i = 0;
        for (; i <= vectors.Length - 8; i += 8)
        {
            ReadOnlySpan<Vector<float>> block = vectors.Slice(i, 8);
            // Comparisons, not a maximum, which a NaN would spoil for its neighbours.
            Vector<int> any =
                Vector.GreaterThanOrEqual(block[0], gates)
                | Vector.GreaterThanOrEqual(block[1], gates)
                | Vector.GreaterThanOrEqual(block[2], gates)
                | Vector.GreaterThanOrEqual(block[3], gates)
                | Vector.GreaterThanOrEqual(block[4], gates)
                | Vector.GreaterThanOrEqual(block[5], gates)
                | Vector.GreaterThanOrEqual(block[6], gates)
                | Vector.GreaterThanOrEqual(block[7], gates);
            if (any != Vector<int>.Zero)
            {
                break;
            }
        }

        while (i < vectors.Length && !Vector.GreaterThanOrEqualAny(vectors[i], gates))
        {
            i++;
        }

        return i * Vector<float>.Count;
    }
}

using System.Buffers;

namespace AsffEdge.Detection;

/// <summary>Greedy non-maximum suppression, each class for itself.</summary>
public static class NonMaximumSuppression
{
    /// <summary>
    /// Sorts the objects by descending score (equals stay in their order) and drops each that overlaps a better one of its class by more
    /// than <paramref name="iouThreshold"/>. In place; allocates nothing in steady state.
    /// </summary>
    /// <param name="objects">Boxes in any unit, scores 0..1. Afterwards the kept ones come first; what follows them is
    /// undefined.</param>
    /// <param name="iouThreshold">0..1; 1 keeps all.</param>
    /// <param name="maxResults">Stops after this many, the best.</param>
    /// <returns>How many are kept.</returns>
    public static int Suppress(
        Span<DetectedObject> objects,
        float iouThreshold,
        int maxResults = int.MaxValue
    )
    {
        SortByScore(objects);
        int kept = 0;
        for (int i = 0; i < objects.Length && kept < maxResults; i++)
        {
            if (!IsSuppressed(objects[i], objects[..kept], iouThreshold))
            {
                objects[kept++] = objects[i];
            }
        }

        return kept;
    }

    private static bool IsSuppressed(
        in DetectedObject candidate,
        ReadOnlySpan<DetectedObject> better,
        float iouThreshold
    )
    {
        foreach (ref readonly DetectedObject other in better)
        {
            if (other.ClassId == candidate.ClassId && candidate.Box.IoU(other.Box) > iouThreshold)
            {
                return true;
            }
        }

        return false;
    }

    private static void SortByScore(Span<DetectedObject> objects)
    {
        const int OnStack = 512;
        ulong[]? rented =
            objects.Length > OnStack ? ArrayPool<ulong>.Shared.Rent(objects.Length) : null;
        Span<ulong> keys = rented ?? stackalloc ulong[OnStack];
        keys = keys[..objects.Length];

        // The bits of a float that is not negative order as the float does; the index below them makes the sort stable.
        for (int i = 0; i < keys.Length; i++)
        {
            keys[i] = ((ulong)~BitConverter.SingleToUInt32Bits(objects[i].Score) << 32) | (uint)i;
        }

        keys.Sort(objects);
        if (rented is not null)
        {
            ArrayPool<ulong>.Shared.Return(rented);
        }
    }
}

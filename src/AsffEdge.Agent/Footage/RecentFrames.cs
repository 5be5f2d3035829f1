using AsffEdge.Detection;

namespace AsffEdge.Agent.Footage;

/// <summary>The frames of one camera that were kept last, to tell whether another one would teach anything new. One thread.</summary>
/// <param name="nearBits">Bits in which the hashes of near-duplicates may differ.</param>
internal sealed class RecentFrames(int nearBits)
{
    private const int Remembered = 64;
    private const float SamePlace = 0.7f; // IoU from which two boxes are of one object

    private readonly Queue<(DifferenceHash Hash, FoundObject[] Objects)> _kept = new();

    /// <summary>Remembers a frame that is kept.</summary>
    public void Add(in DifferenceHash hash, FoundObject[] objects)
    {
        if (_kept.Count == Remembered)
        {
            _kept.Dequeue();
        }

        _kept.Enqueue((hash, objects));
    }

    /// <summary>Whether one of them looks the same and has the same objects at the same places.</summary>
    public bool HasNear(in DifferenceHash hash, IReadOnlyList<FoundObject> objects)
    {
        foreach ((DifferenceHash other, FoundObject[] others) in _kept)
        {
            if (hash.Distance(other) <= nearBits && Agree(objects, others))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Agree(IReadOnlyList<FoundObject> some, FoundObject[] others)
    {
        if (some.Count != others.Length)
        {
            return false;
        }

        Span<bool> used = stackalloc bool[others.Length];
        foreach (FoundObject found in some)
        {
            int best = -1;
            float overlap = SamePlace;
            for (int i = 0; i < others.Length; i++)
            {
                if (
                    !used[i]
                    && others[i].ClassId == found.ClassId
                    && others[i].Box.IoU(found.Box) is float iou
                    && iou >= overlap
                )
                {
                    (best, overlap) = (i, iou);
                }
            }

            if (best < 0)
            {
                return false;
            }

            used[best] = true;
        }

        return true;
    }
}

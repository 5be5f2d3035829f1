namespace AsffEdge.Detection;

/// <summary>
/// What a picture shows, as far as it takes to tell near-duplicates: the scene by its hash, which a small object does not change, and the objects.
/// </summary>
/// <param name="Hash">Of the picture.</param>
/// <param name="Objects">The objects in it, in any order.</param>
public readonly record struct PictureContent(
    DifferenceHash Hash,
    IReadOnlyList<PlacedObject> Objects
)
{
    /// <summary>Objects of one class overlap at least so much (IoU) where they are in the same place.</summary>
    public const float SamePlace = 0.7f;

    /// <summary>Whether another picture shows the same: the same scene, and as many objects of the same classes in the same places.</summary>
    /// <param name="other">The other picture.</param>
    /// <param name="bits">Bits in which the hashes of the same scene may differ; below 0: no two pictures show the same.</param>
    public bool IsNear(in PictureContent other, int bits) =>
        Hash.Distance(other.Hash) <= bits && Agree(Objects, other.Objects);

    private static bool Agree(IReadOnlyList<PlacedObject> some, IReadOnlyList<PlacedObject> others)
    {
        if (some.Count != others.Count)
        {
            return false;
        }

        bool[] isTaken = new bool[others.Count];
        foreach (PlacedObject one in some)
        {
            int best = -1;
            float overlap = SamePlace;
            for (int index = 0; index < isTaken.Length; index++)
            {
                if (
                    !isTaken[index]
                    && others[index].ClassId == one.ClassId
                    && others[index].Box.IoU(one.Box) is float found
                    && found >= overlap
                )
                {
                    (best, overlap) = (index, found);
                }
            }

            if (best < 0)
            {
                return false;
            }

            isTaken[best] = true;
        }

        return true;
    }
}

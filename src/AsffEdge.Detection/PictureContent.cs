using System.Collections.Immutable;

namespace AsffEdge.Detection;

/// <summary>
/// What a picture shows, as far as it takes to tell near-duplicates: the scene by its hash, which a small object does not change, and the objects.
/// </summary>
/// <param name="Hash">Of the picture.</param>
/// <param name="Objects">The objects in it, in any order.</param>
public readonly record struct PictureContent(
    DifferenceHash Hash,
    ImmutableArray<PlacedObject> Objects
)
{
    /// <summary>Objects of one class overlap at least so much (IoU) where they are in the same place.</summary>
    public const float SamePlace = 0.7f;

    private const int UsualObjects = 64;

    /// <summary>Whether another picture shows the same: the same scene, and as many objects of the same classes in the same places.</summary>
    /// <param name="other">The other picture.</param>
    /// <param name="bits">Bits in which the hashes of the same scene may differ; below 0: no two pictures show the same.</param>
    public bool IsNear(in PictureContent other, int bits) =>
        Hash.Distance(other.Hash) <= bits && Agree(Objects.AsSpan(), other.Objects.AsSpan());

    private static bool Agree(ReadOnlySpan<PlacedObject> some, ReadOnlySpan<PlacedObject> others)
    {
        if (some.Length != others.Length)
        {
            return false;
        }

        // On the stack: of a camera that stands still, every picture is compared with every other one this far.
        Span<bool> isTaken = stackalloc bool[UsualObjects];
        isTaken =
            others.Length <= UsualObjects ? isTaken[..others.Length] : new bool[others.Length];
        foreach (ref readonly PlacedObject one in some)
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

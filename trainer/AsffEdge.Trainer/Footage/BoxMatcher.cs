using AsffEdge.Detection;

namespace AsffEdge.Trainer.Footage;

/// <summary>Pairs the objects of a picture in one version with those in another.</summary>
internal static class BoxMatcher
{
    /// <summary>Edges closer than this are the same, in pixels: tools write boxes with two decimals.</summary>
    public const double SameEdge = 0.011;

    /// <summary>Objects that overlap less (IoU) are two objects, not one that was moved.</summary>
    public const float SameObject = 0.5f;

    /// <summary>Whether two objects are the same box of the same class.</summary>
    public static bool AreEqual(FootageAnnotation one, FootageAnnotation other) =>
        one.CategoryId == other.CategoryId
        && one.Bbox.Zip(other.Bbox).All(pair => Math.Abs(pair.First - pair.Second) <= SameEdge);

    /// <summary>Whether two pictures hold the same objects, in any order.</summary>
    public static bool AreEqual(
        IReadOnlyList<FootageAnnotation> before,
        IReadOnlyList<FootageAnnotation> after
    ) => before.Count == after.Count && Pair(before, after).All(pair => pair.IsSame);

    /// <summary>
    /// Pairs objects: equal ones first, then those that overlap most, first within a class and then across classes; the rest have no partner.
    /// </summary>
    public static IReadOnlyList<BoxPair> Pair(
        IReadOnlyList<FootageAnnotation> before,
        IReadOnlyList<FootageAnnotation> after
    )
    {
        var pairs = new List<BoxPair>();
        List<FootageAnnotation> left = [.. before];
        List<FootageAnnotation> right = [.. after];
        foreach (FootageAnnotation one in before)
        {
            if (right.FindIndex(other => AreEqual(one, other)) is >= 0 and int index)
            {
                pairs.Add(new BoxPair(one, right[index]));
                left.Remove(one);
                right.RemoveAt(index);
            }
        }

        foreach (bool sameClass in (bool[])[true, false])
        {
            var candidates = left.SelectMany(one =>
                    right
                        .Where(other => (one.CategoryId == other.CategoryId) == sameClass)
                        .Select(other => new BoxPair(one, other))
                )
                .Select(pair => (Pair: pair, Overlap: BoxOf(pair.Before!).IoU(BoxOf(pair.After!))))
                .Where(candidate => candidate.Overlap >= SameObject)
                .OrderByDescending(candidate => candidate.Overlap)
                .ToArray();
            foreach ((BoxPair pair, _) in candidates)
            {
                if (left.Contains(pair.Before!) && right.Contains(pair.After!))
                {
                    pairs.Add(pair);
                    left.Remove(pair.Before!);
                    right.Remove(pair.After!);
                }
            }
        }

        return
        [
            .. pairs,
            .. left.Select(one => new BoxPair(one, null)),
            .. right.Select(one => new BoxPair(null, one)),
        ];
    }

    private static Box BoxOf(FootageAnnotation one) =>
        new(
            (float)one.Bbox[0],
            (float)one.Bbox[1],
            (float)(one.Bbox[0] + one.Bbox[2]),
            (float)(one.Bbox[1] + one.Bbox[3])
        );
}

/// <summary>An object before and after; null where there was or is none.</summary>
internal sealed record BoxPair(FootageAnnotation? Before, FootageAnnotation? After)
{
    /// <summary>Neither box nor class has changed.</summary>
    public bool IsSame =>
        Before is not null && After is not null && BoxMatcher.AreEqual(Before, After);
}

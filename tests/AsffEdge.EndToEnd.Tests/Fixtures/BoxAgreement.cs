using AsffEdge.Detection;

namespace AsffEdge.EndToEnd.Tests.Fixtures;

/// <summary>How well found boxes agree with labelled ones: pairs at IoU of at least one half, each box in one pair at most.</summary>
internal readonly record struct BoxAgreement(int Matched, int Found, int Labelled)
{
    private const float LeastIoU = 0.5f;

    /// <summary>The part of the labelled boxes that was found.</summary>
    public double Recall => (double)Matched / Labelled;

    /// <summary>The part of the found boxes that is labelled.</summary>
    public double Precision => (double)Matched / Found;

    /// <summary>Harmonic mean of recall and precision.</summary>
    public double F1 => 2.0 * Matched / (Found + Labelled);

    /// <summary>Compares the boxes of one frame.</summary>
    public static BoxAgreement Of(IReadOnlyList<Box> found, IReadOnlyList<Box> labelled) =>
        new(Pairs(found, labelled).Count, found.Count, labelled.Count);

    /// <summary>Pairs the boxes of one frame, by index, the best pair first.</summary>
    public static IReadOnlyList<(int Found, int Labelled)> Pairs(
        IReadOnlyList<Box> found,
        IReadOnlyList<Box> labelled
    )
    {
        HashSet<int> freeFound = [.. Enumerable.Range(0, found.Count)];
        HashSet<int> freeLabelled = [.. Enumerable.Range(0, labelled.Count)];
        var candidates =
            from f in freeFound
            from l in freeLabelled
            let iou = found[f].IoU(labelled[l])
            where iou >= LeastIoU
            orderby iou descending
            select (f, l);
        List<(int Found, int Labelled)> pairs = [];
        foreach ((int f, int l) in candidates.ToList())
        {
            if (freeFound.Contains(f) && freeLabelled.Contains(l))
            {
                freeFound.Remove(f);
                freeLabelled.Remove(l);
                pairs.Add((f, l));
            }
        }

        return pairs;
    }

    public static BoxAgreement operator +(BoxAgreement a, BoxAgreement b) =>
        new(a.Matched + b.Matched, a.Found + b.Found, a.Labelled + b.Labelled);
}

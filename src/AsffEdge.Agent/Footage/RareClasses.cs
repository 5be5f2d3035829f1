using AsffEdge.Agent.Pipeline;
using AsffEdge.Detection;

namespace AsffEdge.Agent.Footage;

/// <summary>Which classes are rare: those that are named, or those that few of the objects seen lately are of. One thread; allocates nothing.</summary>
internal sealed class RareClasses
{
    private const double Share = 0.02;
    private const long LeastSeen = 500; // before that, nothing can be said to be rare
    private const long MostSeen = 1_000_000; // then all counts are halved, so that what is rare may change

    private readonly long[] _counts;
    private readonly bool[]? _named;
    private long _total;

    /// <param name="labels">The model's classes.</param>
    /// <param name="named">The rare ones; none: it is found out.</param>
    public RareClasses(IReadOnlyList<string> labels, IReadOnlyList<string> named)
    {
        _counts = new long[labels.Count];
        _named = named.Count == 0 ? null : [.. labels.Select(named.Contains)];
    }

    /// <summary>Takes in a frame.</summary>
    /// <returns>Whether it has an object of a rare class.</returns>
    public bool Update(FrameResult result)
    {
        bool isRare = false;
        foreach (ref readonly DetectedObject found in result.Objects)
        {
            if ((uint)found.ClassId < (uint)_counts.Length)
            {
                isRare |= IsRare(found.ClassId);
                _counts[found.ClassId]++;
                _total++;
            }
        }

        if (_total >= MostSeen)
        {
            Halve();
        }

        return isRare;
    }

    private bool IsRare(int classId) =>
        _named is not null
            ? _named[classId]
            : _total >= LeastSeen && _counts[classId] < Share * _total;

    private void Halve()
    {
        _total = 0;
        for (int i = 0; i < _counts.Length; i++)
        {
            _total += _counts[i] /= 2;
        }
    }
}

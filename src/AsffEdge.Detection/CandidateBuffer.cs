namespace AsffEdge.Detection;

/// <summary>
/// Keeps the best-scored of the boxes offered to it, in the order in which they came. All its memory is made at construction.
/// Not thread-safe.
/// </summary>
public sealed class CandidateBuffer
{
    // Twice the capacity, so that a trim (a sort) is paid for by as many cheap additions.
    private readonly DetectedObject[] _items;
    private readonly float[] _scores;
    private readonly int _capacity;
    private int _count;
    private float _floor;

    /// <summary>Makes a buffer that keeps <paramref name="capacity"/> boxes.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="capacity"/> is under 1 or over 2^29.</exception>
    public CandidateBuffer(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(capacity, 1 << 29);
        _capacity = capacity;
        _items = new DetectedObject[2 * capacity];
        _scores = new float[2 * capacity];
        Clear();
    }

    /// <summary>Forgets all boxes.</summary>
    public void Clear()
    {
        _count = 0;
        _floor = float.NegativeInfinity;
    }

    /// <summary>Offers a box; dropped where enough better (or equal and earlier) ones are known.</summary>
    public void Add(in DetectedObject candidate)
    {
        if (candidate.Score <= _floor)
        {
            return;
        }

        _items[_count++] = candidate;
        if (_count == _items.Length)
        {
            Trim();
        }
    }

    /// <summary>
    /// The best boxes, at most the capacity, in the order in which they came. Valid, and free to be changed, until
    /// the next addition.
    /// </summary>
    public Span<DetectedObject> Best()
    {
        if (_count > _capacity)
        {
            Trim();
        }

        return _items.AsSpan(0, _count);
    }

    private void Trim()
    {
        Span<float> scores = _scores.AsSpan(0, _count);
        for (int i = 0; i < _count; i++)
        {
            scores[i] = _items[i].Score;
        }

        scores.Sort();
        float floor = scores[^_capacity];
        int ties = _capacity - (_count - (scores.LastIndexOf(floor) + 1));
        int kept = 0;
        for (int i = 0; i < _count; i++)
        {
            float score = _items[i].Score;
            if (score > floor || (score == floor && ties-- > 0))
            {
                _items[kept++] = _items[i];
            }
        }

        _count = kept;
        _floor = floor;
    }
}

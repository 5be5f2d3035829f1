namespace AsffEdge.Detection;

/// <summary>
/// The search through one level's scores, in parts that several threads take one after the other: RetinaNet has no objectness to ask first,
/// so that at 800 with 80 classes 38 MB have to be read, which one core alone cannot do in a millisecond. The calling thread takes parts
/// too, so that nothing waits for a busy thread pool. Its memory is made once. Not thread-safe.
/// </summary>
internal sealed unsafe class RetinaScan : IThreadPoolWorkItem
{
    // Fewer scores are read sooner than a thread wakes up.
    private const int SplitFrom = 1 << 20;
    private const int PartsPerThread = 4;

    private readonly int _helpers;
    private readonly CandidateBuffer[] _found;
    private HeadShape _shape;
    private float _scoreThreshold;
    private float* _head;
    private int _next;
    private int _open;

    /// <summary>A search by at most <paramref name="threads"/> threads; 0: one a core.</summary>
    public RetinaScan(int threads)
    {
        threads = Math.Min(threads == 0 ? int.MaxValue : threads, Environment.ProcessorCount);
        _helpers = threads - 1;
        _found = new CandidateBuffer[_helpers == 0 ? 1 : PartsPerThread * threads];
        for (int part = 0; part < _found.Length; part++)
        {
            _found[part] = new CandidateBuffer(RetinaDecoder.MaxCandidates);
        }

        _next = _found.Length;
    }

    /// <summary>The level's boxes, each part's best <see cref="RetinaDecoder.MaxCandidates"/>, into <paramref name="level"/> in their order.</summary>
    public void Run(
        ReadOnlySpan<float> head,
        in HeadShape shape,
        float scoreThreshold,
        CandidateBuffer level
    )
    {
        int scores = shape.Predictions * shape.Classes * shape.Cells;
        if (_helpers == 0 || scores < SplitFrom)
        {
            RetinaDecoder.Search(head, shape, 0, scores, scoreThreshold, level);
            return;
        }

        fixed (float* start = head)
        {
            _head = start;
            (_shape, _scoreThreshold, _open) = (shape, scoreThreshold, _found.Length);
            Volatile.Write(ref _next, 0); // whoever comes from now on sees all of the above
            for (int helper = 0; helper < _helpers; helper++)
            {
                ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
            }

            Execute();

            // At most one part is still being read elsewhere: shorter than going to sleep and waking up.
            SpinWait spin = default;
            while (Volatile.Read(ref _open) > 0)
            {
                spin.SpinOnce(sleep1Threshold: -1);
            }
        }

        foreach (CandidateBuffer part in _found)
        {
            foreach (ref readonly DetectedObject found in part.Best())
            {
                level.Add(found);
            }
        }
    }

    /// <summary>Takes parts until none is left. One that comes late, even in the next search, finds none or helps there.</summary>
    public void Execute()
    {
        int part;
        while ((part = Interlocked.Increment(ref _next) - 1) < _found.Length)
        {
            long scores = (long)_shape.Predictions * _shape.Classes * _shape.Cells;
            _found[part].Clear();
            RetinaDecoder.Search(
                new ReadOnlySpan<float>(_head, _shape.Length),
                _shape,
                (int)(scores * part / _found.Length),
                (int)(scores * (part + 1) / _found.Length),
                _scoreThreshold,
                _found[part]
            );
            Interlocked.Decrement(ref _open);
        }
    }
}

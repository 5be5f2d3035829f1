namespace AsffEdge.Control.Profiles;

/// <summary>Tells when the first frame of a revision has been inferred. Costs the inference thread one comparison a frame.</summary>
public sealed class FirstFrameWatch
{
    private readonly Lock _lock = new();
    private readonly List<(long Revision, TaskCompletionSource Inferred)> _waiting = [];
    private long _least = long.MaxValue;

    /// <summary>Completes once a frame has been inferred under <paramref name="revision"/> or a later one. Ask before switching.</summary>
    public Task Expect(long revision)
    {
        TaskCompletionSource inferred = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            _waiting.Add((revision, inferred));
            Volatile.Write(ref _least, Math.Min(_least, revision));
        }

        return inferred.Task;
    }

    /// <summary>A frame has been inferred under <paramref name="revision"/>.</summary>
    public void OnFrame(long revision)
    {
        if (revision >= Volatile.Read(ref _least))
        {
            Complete(revision);
        }
    }

    private void Complete(long revision)
    {
        lock (_lock)
        {
            foreach ((long awaited, TaskCompletionSource inferred) in _waiting)
            {
                if (awaited <= revision)
                {
                    inferred.TrySetResult();
                }
            }

            _waiting.RemoveAll(waiting => waiting.Revision <= revision);
            Volatile.Write(
                ref _least,
                _waiting.Count == 0 ? long.MaxValue : _waiting.Min(waiting => waiting.Revision)
            );
        }
    }
}

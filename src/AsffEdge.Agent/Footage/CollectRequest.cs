namespace AsffEdge.Agent.Footage;

/// <summary>
/// Frames of one camera that somebody asked for. The inference thread claims them, the writer says what became of each; whoever asked
/// awaits <see cref="Done"/>.
/// </summary>
/// <param name="frames">How many.</param>
/// <param name="gapS">Least seconds between two.</param>
internal sealed class CollectRequest(int frames, double gapS)
{
    private readonly TaskCompletionSource _done = new(
        TaskCreationOptions.RunContinuationsAsynchronously
    );
    private double _claimedAt = double.NegativeInfinity;
    private int _claimed;
    private int _kept;

    /// <summary>How many.</summary>
    public int Frames => frames;

    /// <summary>Least seconds between two.</summary>
    public double GapS => gapS;

    /// <summary>Completes when all are on disk.</summary>
    /// <exception cref="IOException">One cannot be kept; the message says why.</exception>
    public Task Done => _done.Task;

    /// <summary>How many are on disk.</summary>
    public int Kept => Volatile.Read(ref _kept);

    /// <summary>Whether nothing more is wanted.</summary>
    public bool IsOver => _done.Task.IsCompleted;

    /// <summary>Whether a frame is wanted now. On the inference thread.</summary>
    public bool Wants(double now) => !IsOver && _claimed < frames && now - _claimedAt >= gapS;

    /// <summary>Notes that one is on its way. On the inference thread.</summary>
    public void Claim(double now)
    {
        _claimed++;
        _claimedAt = now;
    }

    /// <summary>Notes that it was not: another may be taken. On the inference thread.</summary>
    public void Unclaim() => _claimed--;

    /// <summary>One is on disk.</summary>
    public void NoteKept()
    {
        if (Interlocked.Increment(ref _kept) == frames)
        {
            _done.TrySetResult();
        }
    }

    /// <summary>Gives up.</summary>
    public void Fail(string reason) => _done.TrySetException(new IOException(reason));
}

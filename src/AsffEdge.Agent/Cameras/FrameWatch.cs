using OpenCvSharp;

namespace AsffEdge.Agent.Cameras;

/// <summary>
/// Judges the frames that a camera gives, over all its connections: whether the picture is frozen, comes late or is damaged. One thread.
/// </summary>
/// <param name="time">The clock.</param>
internal sealed class FrameWatch(TimeProvider time)
{
    /// <summary>So long, and in so many frames, may a picture stay the same to the last bit.</summary>
    private static readonly TimeSpan FrozenAfter = TimeSpan.FromSeconds(10);

    private const int FrozenFrames = 10;
    private static readonly TimeSpan Late = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan InTimeAgain = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan TooLate = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan TooLateFor = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan DamageShownFor = TimeSpan.FromSeconds(30);

    private CapturedFrame? _last;
    private long _sameSince;
    private int _sameFrames;
    private long? _tooLateSince;
    private long? _damagedAt;
    private bool _isLate;
    private long _damaged;

    /// <summary>Damaged frames so far.</summary>
    public long Damaged => Volatile.Read(ref _damaged);

    /// <summary>Whether the picture has been found frozen and has not changed since, not even over a new connection.</summary>
    public bool IsFrozen { get; private set; }

    /// <summary>What is wrong with the frames though they come, one of <see cref="CameraReason"/>; null: nothing.</summary>
    public string? Concern =>
        _isLate ? CameraReason.Late
        : _damagedAt is not null ? CameraReason.Damaged
        : null;

    /// <summary>The concern in a sentence.</summary>
    public string? Detail =>
        _isLate ? "frames come more than 2 s after they were taken"
        : _damagedAt is not null ? "the decoder finds frames damaged; they are flagged"
        : null;

    /// <summary>A new connection: what was late has been left behind, and a frozen picture gets its time to change.</summary>
    public void BeginConnection()
    {
        _isLate = false;
        _tooLateSince = null;
        _sameSince = time.GetTimestamp();
        _sameFrames = 0;
    }

    /// <summary>Judges the next frame.</summary>
    /// <param name="frame">The frame. Its picture must stay as it is until another has been judged and let pass.</param>
    /// <returns>Whether it may pass; not when it still shows a frozen picture.</returns>
    /// <exception cref="CameraException">The connection should be ended: the picture is frozen, or has been too late for too long.</exception>
    public bool Judge(CapturedFrame frame)
    {
        JudgeDamage(frame);
        JudgeAge(frame);
        if (_last is null || !IsSame(_last.Picture, frame.Picture))
        {
            (_sameSince, _sameFrames, IsFrozen) = (time.GetTimestamp(), 0, false);
        }
        else if (++_sameFrames >= FrozenFrames && time.GetElapsedTime(_sameSince) >= FrozenAfter)
        {
            IsFrozen = true;
            throw new CameraException(
                CameraState.Stalled,
                CameraReason.Frozen,
                "frames come, but the picture has not changed for 10 s"
            );
        }

        if (IsFrozen)
        {
            return false;
        }

        _last = frame;
        return true;
    }

    private void JudgeDamage(CapturedFrame frame)
    {
        if (frame.Damaged)
        {
            _damagedAt = time.GetTimestamp();
            Volatile.Write(ref _damaged, _damaged + 1);
        }
        else if (_damagedAt is long at && time.GetElapsedTime(at) >= DamageShownFor)
        {
            _damagedAt = null;
        }
    }

    private void JudgeAge(CapturedFrame frame)
    {
        _isLate = frame.Age >= (_isLate ? InTimeAgain : Late);
        if (frame.Age < TooLate)
        {
            _tooLateSince = null;
            return;
        }

        _tooLateSince ??= time.GetTimestamp();
        if (time.GetElapsedTime(_tooLateSince.Value) >= TooLateFor)
        {
            throw new CameraException(
                CameraState.Stalled,
                CameraReason.Late,
                "frames have come more than 5 s after they were taken for 10 s"
            );
        }
    }

    /// <summary>Compares to the last bit; a living picture differs in its first rows, so that this ends at once.</summary>
    private static unsafe bool IsSame(Mat one, Mat other)
    {
        if (one.Size() != other.Size() || !one.IsContinuous() || !other.IsContinuous())
        {
            return false;
        }

        int bytes = (int)(one.Total() * one.ElemSize());
        return new ReadOnlySpan<byte>((void*)one.Data, bytes).SequenceEqual(
            new ReadOnlySpan<byte>((void*)other.Data, bytes)
        );
    }
}

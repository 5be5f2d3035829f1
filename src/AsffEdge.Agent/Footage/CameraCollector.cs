using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Pipeline;
using AsffEdge.Detection;

namespace AsffEdge.Agent.Footage;

/// <summary>Decides which frames of one camera are worth keeping. On the inference thread; allocates nothing.</summary>
internal sealed class CameraCollector
{
    private const double FirstGuess = 0.15; // bytes a pixel, until pictures of this camera are known

    private readonly FootagePoliciesOptions _policies;
    private readonly double _minGap;
    private readonly RareClasses _rare;
    private readonly FlickerWatch _flicker;
    private readonly Random _random;
    private readonly TokenBucket[] _buckets;
    private CollectRequest? _request;
    private double _chosenAt = double.NegativeInfinity;
    private double _intervalAt = double.NegativeInfinity;
    private double _randomAt = double.NaN;
    private long _knownTrack;
    private long _pictureBytes;

    /// <param name="options">The policies.</param>
    /// <param name="cameras">How many cameras share the budget.</param>
    /// <param name="capacity">Most objects of a frame.</param>
    /// <param name="rare">Knows rare classes; shared by the cameras.</param>
    /// <param name="random">For the policy of that name.</param>
    public CameraCollector(
        FootageOptions options,
        int cameras,
        int capacity,
        RareClasses rare,
        Random random
    )
    {
        _policies = options.Policies;
        _minGap = options.MinGapS;
        _rare = rare;
        _random = random;
        _flicker = new FlickerWatch(capacity);
        double rate = options.Budget.MbPerDay * (double)(1 << 20) / 86400 / cameras;
        _buckets =
        [
            .. Enum.GetValues<FootagePolicy>()
                .Select(policy => new TokenBucket(rate * ShareOf(policy))),
        ];
    }

    /// <summary>What is asked for beside the policies; null: nothing. Set from elsewhere.</summary>
    public CollectRequest? Request
    {
        get => Volatile.Read(ref _request);
        set => Volatile.Write(ref _request, value);
    }

    /// <summary>The bytes that a policy may spend.</summary>
    public TokenBucket BucketOf(FootagePolicy policy) => _buckets[(int)policy];

    /// <summary>Learns how large pictures are. On the writer's thread.</summary>
    public void NotePicture(long bytes)
    {
        long known = Volatile.Read(ref _pictureBytes);
        Volatile.Write(ref _pictureBytes, known == 0 ? bytes : ((7 * known) + bytes) / 8);
    }

    /// <summary>Takes in a frame.</summary>
    /// <param name="result">The frame, with its tracks.</param>
    /// <param name="now">Seconds, never going back.</param>
    /// <returns>What chose it; its bucket, or the request, must be told what became of it. Null: it is not kept.</returns>
    public FootagePolicy? Choose(FrameResult result, double now)
    {
        if (result.Damaged)
        {
            _flicker.Forget();
            return null;
        }

        bool flickers = _flicker.Update(result, now);
        bool isRare = _rare.Update(result);
        if (Request is { } request && request.Wants(now))
        {
            request.Claim(now);
            _chosenAt = now;
            return FootagePolicy.Command;
        }

        // What is new waits until the gap is over: it is still new then.
        if (now - _chosenAt < _minGap)
        {
            return null;
        }

        FootagePolicy? chosen = null;
        if (
            (isRare && TryTake(FootagePolicy.RareClass))
            || (flickers && TryTake(FootagePolicy.Flicker))
            || (HasNewTrack(result) && TryTake(FootagePolicy.NewTrack))
            || (IsUncertain(result) && TryTake(FootagePolicy.Uncertain))
            || (now - _intervalAt >= _policies.Interval.EveryS && TryTake(FootagePolicy.Interval))
            || (IsRandomMoment(now) && TryTake(FootagePolicy.Random))
        )
        {
            _chosenAt = now;
            _intervalAt = chosen == FootagePolicy.Interval ? now : _intervalAt;
        }

        return chosen;

        bool TryTake(FootagePolicy policy)
        {
            double bytes = Volatile.Read(ref _pictureBytes);
            bytes = bytes > 0 ? bytes : FirstGuess * result.SourceWidth * result.SourceHeight;
            if (!_buckets[(int)policy].TryTake(Math.Max(1, bytes), now))
            {
                return false;
            }

            chosen = policy;
            return true;
        }
    }

    // Tracks are numbered in the order in which they begin.
    private bool HasNewTrack(FrameResult result)
    {
        long newest = 0;
        foreach (long track in result.Tracks)
        {
            newest = Math.Max(newest, track);
        }

        bool isNew = newest > _knownTrack;
        _knownTrack = Math.Max(_knownTrack, newest);
        return isNew;
    }

    private bool IsUncertain(FrameResult result)
    {
        foreach (ref readonly DetectedObject found in result.Candidates)
        {
            if (Math.Abs(found.Score - result.Profile.ScoreThreshold) <= _policies.Uncertain.Margin)
            {
                return true;
            }
        }

        return false;
    }

    // A Poisson process: the time to the next moment does not depend on when the last one was.
    private bool IsRandomMoment(double now)
    {
        if (now < _randomAt)
        {
            return false;
        }

        bool isFirst = double.IsNaN(_randomAt);
        _randomAt = now - (_policies.Random.EveryS * Math.Log(1 - _random.NextDouble()));
        return !isFirst;
    }

    private double ShareOf(FootagePolicy policy) =>
        policy switch
        {
            FootagePolicy.RareClass => _policies.RareClass.Share,
            FootagePolicy.Flicker => _policies.Flicker.Share,
            FootagePolicy.NewTrack => _policies.NewTrack.Share,
            FootagePolicy.Uncertain => _policies.Uncertain.Share,
            FootagePolicy.Interval => _policies.Interval.Share,
            FootagePolicy.Random => _policies.Random.Share,
            _ => 0,
        };
}

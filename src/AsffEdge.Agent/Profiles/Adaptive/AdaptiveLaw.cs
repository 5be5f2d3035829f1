using AsffEdge.Agent.Configuration;
using AsffEdge.Control.Profiles;

namespace AsffEdge.Agent.Profiles.Adaptive;

/// <summary>
/// Decides what the profile <c>auto</c> stands for: the largest size at which every camera gets its frames in time. One decision for all
/// cameras, because they share one device. Pure: it knows nothing but what <see cref="Step"/> is given. Not thread-safe.
/// </summary>
/// <remarks>
/// A size is left downwards when it is measured to be too large, at once to the largest that is expected to hold. Upwards it goes one size at
/// a time and only when the next is expected to leave the device idle for 15 % of its time, because latency explodes near saturation. A size
/// that had to be left is tried again after twice the dwell time, then after four times, up to <see cref="LongestBackOff"/> times.
/// </remarks>
public sealed class AdaptiveLaw
{
    /// <summary>Share of the device's time, and of the latency allowed, that a larger size may be expected to take.</summary>
    public const double MostBusy = 0.85;

    /// <summary>Share of its frames that a camera must get.</summary>
    public const double LeastShare = 0.9;

    /// <summary>Share of its time from which on a device is so busy that frames may be missing because of it.</summary>
    private const double LeastBusy = 0.8;

    /// <summary>For how many dwell times a size that had to be left again and again is not tried, at most.</summary>
    public const int LongestBackOff = 1 << MostDoublings;

    private const int MostDoublings = 5;

    private readonly AutoOptions _options;
    private readonly TimeSpan _dwell;
    private readonly Ceilings _ceilings;
    private readonly LearnedFigures _frameMs;
    private readonly LearnedFigures _latencyMs;
    private readonly Dictionary<int, (int Failures, TimeSpan NotBefore)> _backOff = [];
    private Profile? _profile;
    private TimeSpan _since;
    private TimeSpan? _troubleSince;
    private TimeSpan? _roomSince;

    /// <summary>Nothing is decided yet.</summary>
    public AdaptiveLaw(AutoOptions options)
    {
        _options = options;
        _dwell = TimeSpan.FromSeconds(options.DwellS);
        _ceilings = new Ceilings(options);
        _frameMs = new LearnedFigures(_dwell * LongestBackOff);
        _latencyMs = new LearnedFigures(_dwell * LongestBackOff);
        Evidence = _dwell / 4;
    }

    /// <summary>The window that figures are to be taken over. A profile that has run for less is not judged, and a judgement must last as long.</summary>
    public TimeSpan Evidence { get; }

    /// <summary>Looks at the figures of now.</summary>
    /// <returns>A decision, or null where the last one stands.</returns>
    public AdaptiveDecision? Step(AdaptiveSample sample)
    {
        Ladder ladder = sample.Ladder;
        Ceiling ceiling = _ceilings.Find(ladder, sample.TemperatureC, sample.LocalTime);
        int floor = Math.Min(ladder.Floor, ceiling.Rung);
        if (_profile is null)
        {
            return Take(
                ladder.Rungs[floor],
                sample.Now,
                AdaptiveCode.Start,
                $"starts at the smallest size until it is measured what the device holds"
            );
        }

        int rung = ladder.AtMost(_profile.Size);
        if (rung > ceiling.Rung)
        {
            if (ceiling.Code == AdaptiveCode.Temperature)
            {
                BackOff(sample.Now);
            }

            return Take(ladder.Rungs[ceiling.Rung], sample.Now, ceiling.Code, $"{ceiling.Why}");
        }

        if (ladder.Rungs[rung] != _profile)
        {
            return Take(
                ladder.Rungs[rung],
                sample.Now,
                AdaptiveCode.Profiles,
                $"the profiles to choose from have changed"
            );
        }

        CameraLoad[] cameras = [.. sample.Cameras.Where(camera => camera.ArrivingFps > 0)];
        if (cameras.Length == 0 || sample.Window < Evidence)
        {
            _troubleSince = _roomSince = null;
            return null;
        }

        Learn(sample, cameras);
        return Fall(sample, cameras, rung, floor) ?? Rise(sample, cameras, rung, floor, ceiling);
    }

    private void Learn(AdaptiveSample sample, CameraLoad[] cameras)
    {
        int size = _profile!.Size;
        bool isFresh = sample.Now - _since < _dwell;
        if (sample.FrameMs is > 0)
        {
            _frameMs.Measure(size, sample.FrameMs.Value, isFresh, sample.Now);
        }

        double latency = cameras.Max(camera => camera.LatencyMsP95);
        if (latency > 0)
        {
            _latencyMs.Measure(size, latency, isFresh, sample.Now);
        }
    }

    private AdaptiveDecision? Fall(AdaptiveSample sample, CameraLoad[] cameras, int rung, int floor)
    {
        CameraLoad slow = cameras.MinBy(Share);
        CameraLoad late = cameras.MaxBy(camera => camera.LatencyMsP95);
        bool isSlow = Share(slow) < LeastShare && IsCause(slow);
        if (rung <= floor || (!isSlow && late.LatencyMsP95 <= _options.MaxLatencyMs))
        {
            _troubleSince = null;
            return null;
        }

        _troubleSince ??= sample.Now;
        if (sample.Now - _troubleSince < Evidence)
        {
            return null;
        }

        int lower = rung - 1;
        while (lower > floor && !Holds(sample, cameras, lower, margin: 1))
        {
            lower--;
        }

        BackOff(sample.Now);
        int size = _profile!.Size;
        Profile profile = sample.Ladder.Rungs[lower];
        return isSlow
            ? Take(
                profile,
                sample.Now,
                AdaptiveCode.TooSlow,
                $"'{slow.Id}' got {slow.InferredFps:F1} of {Due(slow):F1} frames a second at {size}"
            )
            : Take(
                profile,
                sample.Now,
                AdaptiveCode.TooLate,
                $"5 % of the results of '{late.Id}' took {late.LatencyMsP95:F0} ms or more at {size}; allowed: {_options.MaxLatencyMs}"
            );

        // One frame more, because a short window need not hold a slow camera's last one.
        double Share(CameraLoad camera) =>
            (camera.InferredFps + (1 / sample.Window.TotalSeconds)) / Due(camera);

        // An idle device leaves out frames only where the profile tells it to.
        bool IsCause(CameraLoad camera) =>
            _profile!.MaxFps < Due(camera)
            || sample.FrameMs is not { } frameMs
            || sample.OtherBusy + (cameras.Sum(each => each.InferredFps) * frameMs / 1000)
                >= LeastBusy;
    }

    private AdaptiveDecision? Rise(
        AdaptiveSample sample,
        CameraLoad[] cameras,
        int rung,
        int floor,
        Ceiling ceiling
    )
    {
        int higher = rung + 1;
        bool isCompelled = higher <= floor; // it is below the floor only because of a ceiling
        if (
            rung == ceiling.Rung
            || !(isCompelled || Holds(sample, cameras, higher, margin: MostBusy))
        )
        {
            _roomSince = null;
            return null;
        }

        _roomSince ??= sample.Now;
        Profile profile = sample.Ladder.Rungs[higher];
        if (
            sample.Now - _roomSince < Evidence
            || sample.Now - _since < _dwell
            || sample.Now < _backOff.GetValueOrDefault(profile.Size).NotBefore
        )
        {
            return null;
        }

        return Take(
            profile,
            sample.Now,
            AdaptiveCode.Room,
            $"at {profile.Size} the device is expected to be busy for {100 * Busy(sample, cameras, higher):F0} % of its time"
        );
    }

    // Whether a size is expected to give every camera its frames in time, and to take no more than a share of what there is.
    private bool Holds(AdaptiveSample sample, CameraLoad[] cameras, int rung, double margin)
    {
        Profile profile = sample.Ladder.Rungs[rung];
        double? latency = _latencyMs.Expect(profile.Size, _profile!.Size, sample.Now);
        return Busy(sample, cameras, rung) <= MostBusy
            && latency <= margin * _options.MaxLatencyMs
            && cameras.All(camera => profile.MaxFps is not { } most || most >= Due(camera));
    }

    // NaN when no frame has been measured.
    private double Busy(AdaptiveSample sample, CameraLoad[] cameras, int rung)
    {
        int size = sample.Ladder.Rungs[rung].Size;
        double frameMs = _frameMs.Expect(size, _profile!.Size, sample.Now) ?? double.NaN;
        return sample.OtherBusy + (cameras.Sum(Due) * frameMs / 1000);
    }

    // Frames a second that a camera is to get: what it does not deliver, no size could give it.
    private double Due(CameraLoad camera) => Math.Min(_options.TargetFps, camera.ArrivingFps);

    private void BackOff(TimeSpan now)
    {
        // A size that has long held did not fail; the load has changed.
        int size = _profile!.Size;
        bool hasHeld = now - _since >= _dwell * LongestBackOff;
        int failures = hasHeld ? 1 : _backOff.GetValueOrDefault(size).Failures + 1;
        TimeSpan wait = _dwell * (1 << Math.Min(failures, MostDoublings));
        _backOff[size] = (failures, now + wait);
    }

    private AdaptiveDecision Take(
        Profile profile,
        TimeSpan now,
        AdaptiveCode code,
        FormattableString reason
    )
    {
        _profile = profile;
        _since = now;
        _troubleSince = _roomSince = null;
        return new AdaptiveDecision(profile, code, FormattableString.Invariant(reason));
    }
}

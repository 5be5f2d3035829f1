using AsffEdge.Agent.Configuration;
using AsffEdge.Control.Profiles;
using AsffEdge.Messaging;

namespace AsffEdge.Agent.Profiles.Adaptive;

/// <summary>
/// Decides what the profile <c>auto</c> stands for: the largest size at which every camera gets its frames in time. One decision for all
/// cameras, because they share one device. Pure: it knows nothing but what it is given. Not thread-safe.
/// </summary>
/// <remarks>
/// A size is left downwards when it is measured to be too large, at once to the largest that is expected to hold. Upwards it goes one size at
/// a time and only when the next is expected to leave the device idle for 15 % of its time. A size that had to be left is tried again after
/// twice the dwell time, then after four times, up to <see cref="BackOff.Longest"/> times; what it cost is then forgotten, since whatever
/// made it fail may be over.
/// </remarks>
public sealed class AdaptiveLaw
{
    /// <summary>Share of its frames that a camera must get.</summary>
    public const double LeastShare = 0.9;

    // Less of the latency allowed than where a size is left, so that a rise is not followed by a fall.
    private const double RisingLatencyShare = 0.85;

    // From this share of its time on a device is so busy that frames may be missing because of it.
    private const double LeastBusy = 0.8;

    // With fewer frames a rate and a 95th percentile say nothing.
    private const double LeastFrames = 5;

    private readonly AutoOptions _options;
    private readonly TimeSpan _dwell;
    private readonly Ceilings _ceilings;
    private readonly LoadForecast _forecast;
    private readonly BackOff _backOff;
    private Profile? _profile;
    private TimeSpan _since;
    private TimeSpan? _troubleSince;
    private TimeSpan? _roomSince;
    private TimeSpan? _calmSince;
    private bool _isExhausted;

    /// <summary>Nothing is decided yet.</summary>
    public AdaptiveLaw(AutoOptions options)
    {
        _options = options;
        _dwell = TimeSpan.FromSeconds(options.DwellS);
        _ceilings = new Ceilings(options);
        _forecast = new LoadForecast(options, _dwell * BackOff.Longest);
        _backOff = new BackOff(_dwell);
        TimeSpan frames = TimeSpan.FromSeconds(LeastFrames / options.TargetFps);
        Evidence = frames > _dwell / 4 ? frames : _dwell / 4;
    }

    /// <summary>The window that figures are to be taken over. A profile that has run for less is not judged, and a judgement must last as long.</summary>
    public TimeSpan Evidence { get; }

    /// <summary>What is said of the limit by temperature that held at the last step; null: none did.</summary>
    public string? Heat { get; private set; }

    /// <summary>What <c>auto</c> stands for among these profiles until the next step: no larger a size than now, and none above a ceiling.</summary>
    public Profile Choose(Ladder ladder, double? temperatureC, TimeOnly localTime)
    {
        Ceiling ceiling = _ceilings.Find(ladder, temperatureC, localTime);
        int rung = _profile is null ? ladder.Floor : ladder.AtMost(_profile.Size);
        return ladder.Rungs[Math.Min(rung, ceiling.Rung)];
    }

    /// <summary>Looks at the figures of now.</summary>
    /// <returns>A decision, or null where the last one stands.</returns>
    public AdaptiveDecision? Step(AdaptiveSample sample)
    {
        Ladder ladder = sample.Ladder;
        Ceiling ceiling = _ceilings.Find(ladder, sample.TemperatureC, sample.LocalTime);
        int floor = Math.Min(ladder.Floor, ceiling.Rung);
        Heat = ceiling.Code == AdaptiveCode.Temperature ? ceiling.Why : null;
        if (_profile is null)
        {
            return Take(
                ladder.Rungs[floor],
                sample.Now,
                AdaptiveCode.Start,
                $"starts at the smallest size allowed until it is measured what the device holds"
            );
        }

        int rung = ladder.AtMost(_profile.Size);
        if (rung > ceiling.Rung)
        {
            if (ceiling.Code == AdaptiveCode.Temperature)
            {
                _backOff.Leave(_profile.Size, sample.Now - _since, sample.Now);
            }

            return Take(ladder.Rungs[ceiling.Rung], sample.Now, ceiling.Code, $"{ceiling.Why}");
        }

        if (ladder.Rungs[rung] != _profile)
        {
            return Take(
                ladder.Rungs[rung],
                sample.Now,
                AdaptiveCode.Profiles,
                $"the profiles to choose from have changed: '{_profile.Name}' at {_profile.Size} is no longer among them"
            );
        }

        CameraLoad[] cameras = [.. sample.Cameras.Where(camera => camera.ArrivingFps > 0)];
        if (cameras.Length == 0 || sample.Window < Evidence)
        {
            _troubleSince = _roomSince = _calmSince = null;
            return null;
        }

        _forecast.Learn(sample, cameras, _profile.Size, isFresh: sample.Now - _since < _dwell);
        if (rung >= floor && FindTrouble(sample, cameras) is { } trouble)
        {
            return Fall(sample, cameras, rung, floor, trouble);
        }

        return Recover(sample.Now) ?? Rise(sample, cameras, rung, floor, ceiling);
    }

    private AdaptiveDecision? Fall(
        AdaptiveSample sample,
        CameraLoad[] cameras,
        int rung,
        int floor,
        (AdaptiveCode Code, string What) trouble
    )
    {
        _roomSince = _calmSince = null;
        _troubleSince ??= sample.Now;
        if (sample.Now - _troubleSince < Evidence || (rung == floor && _isExhausted))
        {
            return null;
        }

        if (rung == floor)
        {
            _isExhausted = true;
            return new AdaptiveDecision(
                _profile!,
                AdaptiveCode.Exhausted,
                trouble.What + "; no smaller size is allowed"
            );
        }

        int lower = rung - 1;
        while (
            lower > floor
            && !_forecast.Holds(sample.Ladder.Rungs[lower], _profile!.Size, sample, cameras, 1)
        )
        {
            lower--;
        }

        _backOff.Leave(_profile!.Size, sample.Now - _since, sample.Now);
        return Take(sample.Ladder.Rungs[lower], sample.Now, trouble.Code, $"{trouble.What}");
    }

    private (AdaptiveCode Code, string What)? FindTrouble(
        AdaptiveSample sample,
        CameraLoad[] cameras
    )
    {
        // Whole frames end in a window: of one at its edge only a part is counted, or none.
        double oneFrame = 1 / sample.Window.TotalSeconds;
        int size = _profile!.Size;
        CameraLoad slow = cameras.MinBy(Share);
        if (Share(slow) < LeastShare && IsCause(slow))
        {
            return (
                AdaptiveCode.TooSlow,
                FormattableString.Invariant(
                    $"'{slow.Id}' got {slow.InferredFps:F1} of {_forecast.Due(slow):F1} frames a second at {size}"
                )
            );
        }

        CameraLoad late = cameras.MaxBy(camera => camera.LatencyMsP95);
        return late.LatencyMsP95 > _options.MaxLatencyMs
            ? (
                AdaptiveCode.TooLate,
                FormattableString.Invariant(
                    $"5 % of the results of '{late.Id}' took {late.LatencyMsP95:F0} ms or more at {size}; allowed: {_options.MaxLatencyMs}"
                )
            )
            : null;

        double Share(CameraLoad camera) => (camera.InferredFps + oneFrame) / _forecast.Due(camera);

        // An idle device leaves out frames only where the profile tells it to.
        bool IsCause(CameraLoad camera) =>
            _profile.MaxFps < _forecast.Due(camera)
            || sample.FrameMs is not { } frameMs
            || sample.OtherBusy
                + ((cameras.Sum(each => each.InferredFps) + oneFrame) * frameMs / 1000)
                >= LeastBusy;
    }

    private AdaptiveDecision? Recover(TimeSpan now)
    {
        _troubleSince = null;
        _calmSince ??= now;
        if (!_isExhausted || now - _calmSince < _dwell)
        {
            return null;
        }

        _isExhausted = false;
        return new AdaptiveDecision(
            _profile!,
            AdaptiveCode.Holds,
            FormattableString.Invariant(
                $"every camera gets its frames in time again at {_profile!.Size}"
            )
        );
    }

    private AdaptiveDecision? Rise(
        AdaptiveSample sample,
        CameraLoad[] cameras,
        int rung,
        int floor,
        Ceiling ceiling
    )
    {
        IReadOnlyList<Profile> rungs = sample.Ladder.Rungs;
        if (rung == ceiling.Rung)
        {
            _roomSince = null;
            return null;
        }

        // Below the floor it is only because of a ceiling that no longer holds.
        bool isCompelled = rung < floor;
        int higher = rung + 1;
        while (!isCompelled && higher < ceiling.Rung && _forecast.Caps(rungs[higher], cameras))
        {
            higher++;
        }

        Profile profile = rungs[higher];
        TimeSpan notBefore = _backOff.NotBefore(profile.Size);
        if (sample.Now >= notBefore)
        {
            _forecast.Forget(profile.Size, notBefore);
        }

        int size = _profile!.Size;
        if (!isCompelled && !_forecast.Holds(profile, size, sample, cameras, RisingLatencyShare))
        {
            _roomSince = null;
            return null;
        }

        _roomSince ??= sample.Now;
        if (
            sample.Now - _roomSince < Evidence
            || sample.Now - _since < _dwell
            || sample.Now < notBefore
        )
        {
            return null;
        }

        return isCompelled
            ? Take(
                profile,
                sample.Now,
                AdaptiveCode.Room,
                $"no limit keeps it below '{rungs[floor].Name}', the smallest that load may lead to, any more"
            )
            : Take(
                profile,
                sample.Now,
                AdaptiveCode.Room,
                $"at {profile.Size} the device is expected to be busy for {100 * _forecast.Busy(profile, size, sample, cameras):F0} % of its time"
            );
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
        _troubleSince = _roomSince = _calmSince = null;
        _isExhausted = false;
        return new AdaptiveDecision(profile, code, FormattableString.Invariant(reason));
    }
}

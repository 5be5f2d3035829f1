using AsffEdge.Agent.Configuration;
using AsffEdge.Control.Profiles;

namespace AsffEdge.Agent.Profiles.Adaptive;

/// <summary>How the device would cope with a profile, from what has been measured with those that ran.</summary>
internal sealed class LoadForecast(AutoOptions options, TimeSpan memory)
{
    /// <summary>Share of the device's time that a profile may be expected to take: near saturation latency explodes.</summary>
    public const double MostBusy = 0.85;

    private readonly LearnedFigures _frameMs = new(memory);
    private readonly LearnedFigures _latencyMs = new(memory);

    /// <summary>Learns from the figures of the size that runs.</summary>
    public void Learn(AdaptiveSample sample, CameraLoad[] cameras, int size, bool isFresh)
    {
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

    /// <summary>Forgets what was measured at <paramref name="size"/> before a time, so that it is expected by area again.</summary>
    public void Forget(int size, TimeSpan before)
    {
        _frameMs.Forget(size, before);
        _latencyMs.Forget(size, before);
    }

    /// <summary>Whether a profile is expected to give every camera its frames in time.</summary>
    /// <param name="profile">The profile.</param>
    /// <param name="running">The size that runs.</param>
    /// <param name="sample">The load of now.</param>
    /// <param name="cameras">The cameras that deliver.</param>
    /// <param name="latencyShare">Share of the latency allowed that it may take, 0..1.</param>
    public bool Holds(
        Profile profile,
        int running,
        AdaptiveSample sample,
        CameraLoad[] cameras,
        double latencyShare
    )
    {
        double? latency = _latencyMs.Expect(profile.Size, running, sample.Now);
        return Busy(profile, running, sample, cameras) <= MostBusy
            && latency <= latencyShare * options.MaxLatencyMs
            && !Caps(profile, cameras);
    }

    /// <summary>Share of its time, 0 or more, that the device is expected to be busy; NaN when no frame has been measured.</summary>
    public double Busy(Profile profile, int running, AdaptiveSample sample, CameraLoad[] cameras)
    {
        double frameMs = _frameMs.Expect(profile.Size, running, sample.Now) ?? double.NaN;
        return sample.OtherBusy + (cameras.Sum(Due) * frameMs / 1000);
    }

    /// <summary>Whether a profile's own frame rate is too low for a camera.</summary>
    public bool Caps(Profile profile, CameraLoad[] cameras) =>
        profile.MaxFps is { } most && cameras.Any(camera => most < Due(camera));

    /// <summary>Frames a second that a camera is to get: what it does not deliver, no size could give it.</summary>
    public double Due(CameraLoad camera) => Math.Min(options.TargetFps, camera.ArrivingFps);
}

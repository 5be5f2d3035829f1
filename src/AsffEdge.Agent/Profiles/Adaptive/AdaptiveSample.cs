namespace AsffEdge.Agent.Profiles.Adaptive;

/// <summary>What <see cref="AdaptiveLaw"/> decides by. Figures are of frames since the last decision only.</summary>
public sealed record AdaptiveSample
{
    /// <summary>The time of a monotonic clock.</summary>
    public required TimeSpan Now { get; init; }

    /// <summary>The time of day where the machine stands.</summary>
    public required TimeOnly LocalTime { get; init; }

    /// <summary>The machine's temperature in °C; null where it has no sensor.</summary>
    public double? TemperatureC { get; init; }

    /// <summary>The profiles to choose from.</summary>
    public required Ladder Ladder { get; init; }

    /// <summary>How long the figures have been measured with the profile that was decided last.</summary>
    public TimeSpan Window { get; init; }

    /// <summary>Mean milliseconds that a frame of that profile occupies the device; null before the first frame.</summary>
    public double? FrameMs { get; init; }

    /// <summary>Share of its time, 0..1, that the device works for cameras that do not run <c>auto</c>.</summary>
    public double OtherBusy { get; init; }

    /// <summary>The cameras that run <c>auto</c>.</summary>
    public IReadOnlyList<CameraLoad> Cameras { get; init; } = [];
}

/// <summary>How a camera that runs <c>auto</c> does.</summary>
/// <param name="Id">Its id.</param>
/// <param name="ArrivingFps">Frames a second that it delivers.</param>
/// <param name="InferredFps">Frames a second that are inferred.</param>
/// <param name="LatencyMsP95">Milliseconds from the complete frame to its result that 95 % do not exceed; 0 before the first.</param>
public readonly record struct CameraLoad(
    string Id,
    double ArrivingFps,
    double InferredFps,
    double LatencyMsP95
);

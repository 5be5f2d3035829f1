namespace AsffEdge.Agent.Configuration;

/// <summary>What the profile <c>auto</c> aims at and keeps to (<c>auto:</c>).</summary>
public sealed record AutoOptions
{
    /// <summary>Frames a second that each camera is to get, 0.1..1000; of a camera that delivers fewer, all of those.</summary>
    public double TargetFps { get; init; } = 10;

    /// <summary>Milliseconds from the complete frame to its result that 95 % of the frames may take, 1..60000.</summary>
    public double MaxLatencyMs { get; init; } = 500;

    /// <summary>The profile below whose size load alone never leads; null: the smallest.</summary>
    public string? MinProfile { get; init; }

    /// <summary>The profile above whose size it never goes; null: the largest.</summary>
    public string? MaxProfile { get; init; }

    /// <summary>Seconds a size is kept at least before a larger one is tried, 3..3600; a smaller one may follow after half of them.</summary>
    public int DwellS { get; init; } = 30;

    /// <summary>By temperature in °C: the largest profile from there on.</summary>
    public IReadOnlyDictionary<string, string> TemperatureC { get; init; } =
        new Dictionary<string, string>();

    /// <summary>By <see cref="DailyWindow"/> in local time: the largest profile in it.</summary>
    public IReadOnlyDictionary<string, string> Schedule { get; init; } =
        new Dictionary<string, string>();
}

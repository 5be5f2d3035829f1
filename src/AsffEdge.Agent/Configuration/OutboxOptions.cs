using AsffEdge.Control.Settings;

namespace AsffEdge.Agent.Configuration;

/// <summary>What is kept on disk until the broker has it (<c>mqtt.outbox:</c>).</summary>
public sealed record OutboxOptions
{
    /// <summary>MiB of messages kept at most; then the oldest go.</summary>
    public int MaxMb { get; init; } = 256;

    /// <summary>Hours a message is kept at most, counted while an agent runs.</summary>
    public double MaxAgeH { get; init; } = 168;

    /// <summary>MiB that must be free on the disk for detections to be kept; below, only events are. 0: no such floor.</summary>
    public int MinFreeMb { get; init; } = 128;

    /// <summary>Messages a second that are caught up on at most.</summary>
    public int DrainPerS { get; init; } = 200;

    /// <summary>Whether detections are kept too while the broker is away.</summary>
    public bool Detections { get; init; }

    internal static OutboxOptions Read(SettingReader settings) =>
        new()
        {
            MaxMb = settings.WholeNumber("max_mb", 256, 1, 65536),
            MaxAgeH = settings.OptionalNumber("max_age_h", 0.01, 8760) ?? 168,
            MinFreeMb = settings.WholeNumber("min_free_mb", 128, 0, 65536),
            DrainPerS = settings.WholeNumber("drain_per_s", 200, 1, 10000),
            Detections = settings.Flag("detections", false),
        };
}

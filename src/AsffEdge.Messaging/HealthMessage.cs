using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace AsffEdge.Messaging;

/// <summary>Payload of <see cref="Topics.Health"/>: how an agent is. What cannot be measured on a machine is absent.</summary>
public sealed record HealthMessage
{
    /// <summary>Version of the contract.</summary>
    [JsonPropertyOrder(-1)]
    [VersionOne]
    public int V { get; init; } = 1;

    /// <summary>When it was measured, UTC.</summary>
    public required DateTime Ts { get; init; }

    /// <summary>Random per process.</summary>
    [Hex(6)]
    public required string Boot { get; init; }

    /// <summary>Seconds since the process started.</summary>
    [AtLeast(0)]
    public required long UptimeS { get; init; }

    /// <summary>How it is as a whole; null from agents that do not judge themselves yet.</summary>
    public HealthState? State { get; init; }

    /// <summary>What is not as it should be; none while <see cref="State"/> is <c>ok</c>, null where that is null.</summary>
    public IReadOnlyList<HealthReason>? Reasons { get; init; }

    /// <summary>Resident memory of the agent's process in MiB.</summary>
    [AtLeast(0)]
    public double? MemoryMb { get; init; }

    /// <summary>The hottest thermal zone in °C.</summary>
    public double? TemperatureC { get; init; }

    /// <summary>Free space of the state directory's file system in MiB.</summary>
    [AtLeast(0)]
    public double? DiskFreeMb { get; init; }

    /// <summary>Detection messages handed to the broker since the process started.</summary>
    [AtLeast(0)]
    public required long Published { get; init; }

    /// <summary>Detection messages dropped since the process started because the broker was away or slow.</summary>
    [AtLeast(0)]
    public required long Dropped { get; init; }

    /// <summary>What the profile <c>auto</c> stands for; null when no camera is on it.</summary>
    public AutoHealth? Auto { get; init; }

    /// <summary>What waits on disk for the broker; null where nothing is ever kept there.</summary>
    public OutboxHealth? Outbox { get; init; }

    /// <summary>The frames kept to learn from; null where none are.</summary>
    public FootageHealth? Footage { get; init; }

    /// <summary>Per camera id.</summary>
    [Id]
    public required IReadOnlyDictionary<string, CameraHealth> Cameras { get; init; }
}

/// <summary>The outbox in <see cref="HealthMessage"/>.</summary>
/// <param name="Depth">Messages in it that the broker has not acknowledged.</param>
/// <param name="OldestAgeS">Seconds the oldest of them has waited while an agent ran; null when there is none.</param>
/// <param name="Dropped">Messages lost since the process started, because the outbox was full, they were too old or the file was damaged.</param>
/// <param name="Problem">Why messages are kept in memory only, and would be lost with the process; null when they are on disk.</param>
public sealed record OutboxHealth(
    [AtLeast(0)] long Depth,
    [AtLeast(0)] double? OldestAgeS,
    [AtLeast(0)] long Dropped,
    string? Problem
);

/// <summary>The footage in <see cref="HealthMessage"/>.</summary>
/// <param name="Pictures">Pictures on disk.</param>
/// <param name="Mb">What they take, in MiB.</param>
/// <param name="TodayMb">MiB written today, UTC.</param>
/// <param name="Kept">Frames kept since the process started, by what chose them.</param>
/// <param name="Duplicates">Frames chosen since the process started and dropped because there is one like them.</param>
/// <param name="Missed">Frames chosen since the process started that could not be kept.</param>
/// <param name="Problem">Why none is kept, a sentence; null when they are.</param>
public sealed record FootageHealth(
    [AtLeast(0)] int Pictures,
    [AtLeast(0)] double Mb,
    [AtLeast(0)] double TodayMb,
    [RegularExpression("^[a-z_]{1,32}$")] IReadOnlyDictionary<string, long> Kept,
    [AtLeast(0)] long Duplicates,
    [AtLeast(0)] long Missed,
    string? Problem
)
{
    /// <summary>How sending it goes; null where it is not sent.</summary>
    public FootageUploadHealth? Upload { get; init; }
}

/// <summary>Sending of footage in <see cref="HealthMessage"/>.</summary>
/// <param name="State">What it does: all is sent or it is not the hour, a pack is on its way, or the last try failed.</param>
/// <param name="Packs">Packs since the process started that the server has confirmed.</param>
/// <param name="Mb">Their size, in MiB.</param>
/// <param name="Failures">Tries since the process started that failed.</param>
/// <param name="LastSuccess">When the last pack was confirmed, UTC; null when none was since the process started.</param>
/// <param name="Problem">Why the last try failed, a sentence; null when it did not.</param>
public sealed record FootageUploadHealth(
    [AllowedValues("idle", "sending", "failing")] string State,
    [AtLeast(0)] long Packs,
    [AtLeast(0)] double Mb,
    [AtLeast(0)] long Failures,
    DateTime? LastSuccess,
    string? Problem
);

/// <summary>A camera in <see cref="HealthMessage"/>.</summary>
/// <param name="State">As in the camera's status.</param>
/// <param name="Fps">Frames inferred a second, lately.</param>
/// <param name="Skipped">Frames decoded but not inferred since the process started.</param>
/// <param name="Reconnects">Times the camera was opened again since the process started.</param>
/// <param name="LatencyMsP50">Median of the milliseconds from the complete frame to its result, lately; null before the first.</param>
/// <param name="LatencyMsP95">95th percentile of the same.</param>
public sealed record CameraHealth(
    [AllowedValues("connecting", "online", "stalled", "offline", "disabled", "error")] string State,
    [AtLeast(0)] double Fps,
    [AtLeast(0)] long Skipped,
    [AtLeast(0)] long Reconnects,
    [AtLeast(0)] double? LatencyMsP50,
    [AtLeast(0)] double? LatencyMsP95
)
{
    /// <summary>Times the decoder complained since the process started.</summary>
    [AtLeast(0)]
    public long? DecodeErrors { get; init; }

    /// <summary>Frames since the process started that may be damaged: those it complained about, and those made from them.</summary>
    [AtLeast(0)]
    public long? Damaged { get; init; }
}

/// <summary>What the profile <c>auto</c> stands for in <see cref="HealthMessage"/>.</summary>
/// <param name="Profile">The profile.</param>
/// <param name="Size">Its network input size in pixels.</param>
/// <param name="Code">Why, for programs.</param>
/// <param name="Reason">Why, a sentence for people.</param>
/// <param name="Since">When that was decided, UTC.</param>
public sealed record AutoHealth(
    [Id] string Profile,
    [NetworkSize] int Size,
    AdaptiveCode Code,
    string Reason,
    DateTime Since
);

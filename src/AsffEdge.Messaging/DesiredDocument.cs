using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace AsffEdge.Messaging;

/// <summary>
/// Payload of <see cref="Topics.Desired"/> and of the command <c>profile.set</c>: always complete, so that a device that was off
/// catches up with the one retained message.
/// </summary>
public sealed record DesiredDocument
{
    /// <summary>Version of the contract.</summary>
    [JsonPropertyOrder(-1)]
    [VersionOne]
    public int V { get; init; } = 1;

    /// <summary>Revision; each document of a source has a greater one than the last.</summary>
    [Revision]
    public required long Rev { get; init; }

    /// <summary>When it was written, UTC.</summary>
    public DateTime? Issued { get; init; }

    /// <summary>Who wrote it, for people.</summary>
    [MaxLength(StrictDocument.LongestText)]
    public string? By { get; init; }

    /// <summary>
    /// The profile of every camera that <see cref="Cameras"/> does not name; <c>auto</c>: the agent chooses; <c>inherit</c>, only without
    /// cameras and profiles: this source asks for nothing, so that the next weaker one holds.
    /// </summary>
    [Id]
    public required string Profile { get; init; }

    /// <summary>Cameras with a profile of their own.</summary>
    [Id, MaxLength(DesiredDocumentReader.MaxEntries)]
    public IReadOnlyDictionary<string, DesiredCamera>? Cameras { get; init; }

    /// <summary>Profiles to add to the agent's, or to change.</summary>
    [Id, MaxLength(DesiredDocumentReader.MaxEntries)]
    public IReadOnlyDictionary<string, DesiredProfile>? Profiles { get; init; }

    /// <summary>How to watch the change.</summary>
    public DesiredPolicy? Policy { get; init; }
}

/// <summary>A camera in <see cref="DesiredDocument"/>.</summary>
/// <param name="Profile">Its profile; <c>auto</c>: the agent chooses.</param>
public sealed record DesiredCamera([Id] string Profile);

/// <summary>A profile in <see cref="DesiredDocument"/>; what is null stays as the agent has it.</summary>
/// <param name="Size">Network input size in pixels: a multiple of 32 from 320 to 800.</param>
/// <param name="ScoreThreshold">Least score reported, 0..1.</param>
/// <param name="NmsThreshold">IoU above which the weaker of two boxes is dropped, 0..1.</param>
/// <param name="MaxFps">Frames a second at most, 0.01 to 1000.</param>
public sealed record DesiredProfile(
    [NetworkSize] int Size,
    [Range(0, 1)] double? ScoreThreshold,
    [Range(0, 1)] double? NmsThreshold,
    [Range(0.01, 1000)] double? MaxFps
);

/// <summary>How a change of profile is to be watched.</summary>
/// <param name="SettleS">Seconds to watch, 0 to 3600; null: 30.</param>
/// <param name="MinFps">Frames a second of a camera below which the profile is too slow, 0 to 1000; null: any rate will do.</param>
/// <param name="Rollback">Whether to go back to what settled last when it fails; null: yes.</param>
public sealed record DesiredPolicy(
    [Range(0, 3600)] double? SettleS,
    [Range(0, 1000)] double? MinFps,
    bool? Rollback
)
{
    /// <summary>Resident memory of the agent in MiB above which it takes too much, 1 to 16777216; null: no limit.</summary>
    [Range(1, DesiredDocumentReader.MostMemoryMb)]
    public double? MaxMemoryMb { get; init; }
}

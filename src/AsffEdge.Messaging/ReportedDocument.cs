using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace AsffEdge.Messaging;

/// <summary>What became of the last desired document.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ReportedState>))]
public enum ReportedState
{
    /// <summary>In force.</summary>
    [JsonStringEnumMemberName("applied")]
    Applied,

    /// <summary>Found good, being prepared.</summary>
    [JsonStringEnumMemberName("pending")]
    Pending,

    /// <summary>Refused; what was in force before still is.</summary>
    [JsonStringEnumMemberName("rejected")]
    Rejected,
}

/// <summary>Payload of <see cref="Topics.Reported"/>: always complete.</summary>
public sealed record ReportedDocument
{
    /// <summary>Version of the contract.</summary>
    [JsonPropertyOrder(-1)]
    [VersionOne]
    public int V { get; init; } = 1;

    /// <summary>The last revision that arrived; null when none has.</summary>
    [Revision]
    public long? RevSeen { get; init; }

    /// <summary>The revision in force; null: the local configuration.</summary>
    [Revision]
    public long? RevApplied { get; init; }

    /// <summary>Whose document is in force: <c>agent</c> or <c>local</c>.</summary>
    [RegularExpression("^(agent|local|group:[a-z0-9-]{1,48})$")]
    public required string Source { get; init; }

    /// <summary>What became of the last document.</summary>
    public required ReportedState State { get; init; }

    /// <summary>Why.</summary>
    public required ResultCode Code { get; init; }

    /// <summary>A sentence for people; null when there is nothing to add.</summary>
    public string? Detail { get; init; }

    /// <summary>What every camera runs, by id.</summary>
    [Id]
    public required IReadOnlyDictionary<string, ReportedCamera> Cameras { get; init; }

    /// <summary>The last revision that was applied without a fault; null when none was.</summary>
    [Revision]
    public long? LastGood { get; init; }
}

/// <summary>A camera in <see cref="ReportedDocument"/>.</summary>
/// <param name="Profile">Its profile.</param>
/// <param name="Size">Network input size in pixels.</param>
/// <param name="InferenceMsP50">Median milliseconds in ONNX Runtime, lately; null before the first frame.</param>
/// <param name="Fps">Frames inferred a second, lately; null before the first.</param>
/// <param name="Switched">When this profile was put in force, UTC.</param>
public sealed record ReportedCamera(
    [Id] string Profile,
    [NetworkSize] int Size,
    [AtLeast(0)] double? InferenceMsP50,
    [AtLeast(0)] double? Fps,
    DateTime Switched
);

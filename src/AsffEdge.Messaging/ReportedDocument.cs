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
    public int V { get; init; } = 1;

    /// <summary>The last revision that arrived; null when none has.</summary>
    public long? RevSeen { get; init; }

    /// <summary>The revision in force; null: the local configuration.</summary>
    public long? RevApplied { get; init; }

    /// <summary>Whose document is in force: <c>agent</c> or <c>local</c>.</summary>
    public required string Source { get; init; }

    /// <summary>What became of the last document.</summary>
    public required ReportedState State { get; init; }

    /// <summary>Why.</summary>
    public required ResultCode Code { get; init; }

    /// <summary>A sentence for people; null when there is nothing to add.</summary>
    public string? Detail { get; init; }

    /// <summary>What every camera runs, by id.</summary>
    public required IReadOnlyDictionary<string, ReportedCamera> Cameras { get; init; }

    /// <summary>The last revision that was applied without a fault; null when none was.</summary>
    public long? LastGood { get; init; }
}

/// <summary>A camera in <see cref="ReportedDocument"/>.</summary>
/// <param name="Profile">Its profile.</param>
/// <param name="Size">Network input size in pixels.</param>
/// <param name="InferenceMsP50">Median milliseconds in ONNX Runtime, lately; null before the first frame.</param>
/// <param name="Fps">Frames inferred a second, lately; null before the first.</param>
/// <param name="Switched">When this profile was put in force, UTC.</param>
public sealed record ReportedCamera(
    string Profile,
    int Size,
    double? InferenceMsP50,
    double? Fps,
    DateTime Switched
);

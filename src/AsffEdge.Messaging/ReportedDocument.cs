using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace AsffEdge.Messaging;

/// <summary>What became of a desired document.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ReportedState>))]
public enum ReportedState
{
    /// <summary>In force, and settled.</summary>
    [JsonStringEnumMemberName("applied")]
    Applied,

    /// <summary>Found good; being prepared, or in force already and being watched until it has settled.</summary>
    [JsonStringEnumMemberName("pending")]
    Pending,

    /// <summary>Refused; what was in force before still is.</summary>
    [JsonStringEnumMemberName("rejected")]
    Rejected,

    /// <summary>Was in force and did not settle; the last good assignment is in force again. Not tried again under this <c>rev</c>.</summary>
    [JsonStringEnumMemberName("rolled_back")]
    RolledBack,

    /// <summary>Good and stored, but a stronger source's document holds. Only in <see cref="ReportedDocument.Sources"/>.</summary>
    [JsonStringEnumMemberName("overridden")]
    Overridden,
}

/// <summary>Payload of <see cref="Topics.Reported"/>: always complete.</summary>
public sealed record ReportedDocument
{
    /// <summary>Version of the contract.</summary>
    [JsonPropertyOrder(-1)]
    [VersionOne]
    public int V { get; init; } = 1;

    /// <summary>The last revision that arrived, from whichever source; null when none has.</summary>
    [Revision]
    public long? RevSeen { get; init; }

    /// <summary>The revision in force; null: the local configuration.</summary>
    [Revision]
    public long? RevApplied { get; init; }

    /// <summary>Whose document is in force: <c>agent</c>, <c>group:NAME</c> or <c>local</c>.</summary>
    [RegularExpression("^(agent|local|group:[a-z0-9-]{1,48})$")]
    public required string Source { get; init; }

    /// <summary><c>rejected</c> while the last document was refused, else how far the strongest source's document is.</summary>
    public required ReportedState State { get; init; }

    /// <summary>Why.</summary>
    public required ResultCode Code { get; init; }

    /// <summary>A sentence for people; null when there is nothing to add.</summary>
    public string? Detail { get; init; }

    /// <summary>What every camera runs, by id.</summary>
    [Id]
    public required IReadOnlyDictionary<string, ReportedCamera> Cameras { get; init; }

    /// <summary>The revision that settled last, which a rollback goes back to; null: the local configuration.</summary>
    [Revision]
    public long? LastGood { get; init; }

    /// <summary>Whose document that is; null: the local configuration.</summary>
    [RegularExpression("^(agent|group:[a-z0-9-]{1,48})$")]
    public string? LastGoodSource { get; init; }

    /// <summary>What became of the last document of each source from which one has come, by <c>agent</c> or <c>group:NAME</c>; null when none has.</summary>
    [RegularExpression("^(agent|group:[a-z0-9-]{1,48})$")]
    public IReadOnlyDictionary<string, ReportedSource>? Sources { get; init; }
}

/// <summary>A source of documents in <see cref="ReportedDocument"/>.</summary>
/// <param name="State">What became of its last document.</param>
/// <param name="Code">Why.</param>
public sealed record ReportedSource(ReportedState State, ResultCode Code)
{
    /// <summary>The last revision that arrived; null when none could be read.</summary>
    [Revision]
    public long? RevSeen { get; init; }

    /// <summary>The revision of the document that the agent holds; null when it holds none.</summary>
    [Revision]
    public long? Rev { get; init; }

    /// <summary>A sentence for people; null when there is nothing to add.</summary>
    public string? Detail { get; init; }
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
)
{
    /// <summary><c>auto</c> where the agent itself chooses the profile; null where <see cref="Profile"/> is what was asked for.</summary>
    [Id]
    public string? Requested { get; init; }

    /// <summary>Why the agent chose this profile, a sentence for people; null where it did not choose.</summary>
    public string? Reason { get; init; }
}

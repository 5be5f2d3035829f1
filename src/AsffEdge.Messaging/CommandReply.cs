using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace AsffEdge.Messaging;

/// <summary>How far a command is.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ReplyState>))]
public enum ReplyState
{
    /// <summary>Found good; another answer follows.</summary>
    [JsonStringEnumMemberName("accepted")]
    Accepted,

    /// <summary>Done; the last answer.</summary>
    [JsonStringEnumMemberName("done")]
    Done,

    /// <summary>Refused or failed; the last answer.</summary>
    [JsonStringEnumMemberName("failed")]
    Failed,
}

/// <summary>Payload of <see cref="Topics.Reply"/>.</summary>
/// <param name="State">How far the command is.</param>
/// <param name="Code">Why.</param>
/// <param name="Agent">Who answers.</param>
public sealed record CommandReply(ReplyState State, ResultCode Code, [Id] string Agent)
{
    /// <summary>Version of the contract.</summary>
    [JsonPropertyOrder(-2)]
    [VersionOne]
    public int V { get; init; } = 1;

    /// <summary>Whether all is well so far.</summary>
    [JsonPropertyOrder(-1)]
    public bool Ok => Code == ResultCode.Ok;

    /// <summary>The command's revision; null where it has none or it could not be read.</summary>
    [Revision]
    public long? Rev { get; init; }

    /// <summary>
    /// Milliseconds from the command's arrival to its being done, which for a profile means the first frame inferred with it; null before,
    /// and where no frame came.
    /// </summary>
    [AtLeast(0)]
    public long? TookMs { get; init; }

    /// <summary>A sentence for people; null when there is nothing to add.</summary>
    public string? Detail { get; init; }

    /// <summary>What <c>footage.list</c> found or <c>footage.purge</c> has removed; null with other commands and before.</summary>
    public FootageAnswer? Footage { get; init; }

    /// <summary>The request's correlation id, where MQTT 3.1.1 has no place of its own for it.</summary>
    [MaxLength(StrictDocument.LongestText)]
    public string? CorrelationId { get; init; }
}

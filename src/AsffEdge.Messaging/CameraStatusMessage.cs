using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace AsffEdge.Messaging;

/// <summary>Payload of <see cref="Topics.CameraStatus"/>.</summary>
/// <param name="State"><c>connecting</c>, <c>online</c>, <c>stalled</c>, <c>offline</c>, <c>disabled</c> or <c>error</c>.</param>
/// <param name="Reason">A stable reason code; null when all is well.</param>
/// <param name="Detail">A sentence for people; null when there is nothing to add.</param>
/// <param name="Since">When this state began, UTC.</param>
public sealed record CameraStatusMessage(
    [AllowedValues("connecting", "online", "stalled", "offline", "disabled", "error")] string State,
    string? Reason,
    string? Detail,
    DateTime Since
)
{
    /// <summary>Version of the contract.</summary>
    [JsonPropertyOrder(-1)]
    [VersionOne]
    public int V { get; init; } = 1;
}

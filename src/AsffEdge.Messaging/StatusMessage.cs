using System.Text.Json.Serialization;

namespace AsffEdge.Messaging;

/// <summary>Whether an agent is there.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AgentState>))]
public enum AgentState
{
    /// <summary>Running and connected.</summary>
    [JsonStringEnumMemberName("online")]
    Online,

    /// <summary>Told to stop; goes offline in a moment.</summary>
    [JsonStringEnumMemberName("stopping")]
    Stopping,

    /// <summary>Gone: said by itself on a clean stop, by the broker (the will) otherwise.</summary>
    [JsonStringEnumMemberName("offline")]
    Offline,
}

/// <summary>Payload of <see cref="Topics.Status"/>.</summary>
/// <param name="State">Whether the agent is there.</param>
/// <param name="Boot">Random per process, so that a restart is visible.</param>
/// <param name="Ts">When it was written, UTC; in the will: when the connection was made.</param>
public sealed record StatusMessage(AgentState State, [Hex(6)] string Boot, DateTime Ts)
{
    /// <summary>Version of the contract.</summary>
    [JsonPropertyOrder(-1)]
    [VersionOne]
    public int V { get; init; } = 1;
}

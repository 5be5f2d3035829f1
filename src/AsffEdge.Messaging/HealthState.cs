using System.Text.Json.Serialization;

namespace AsffEdge.Messaging;

/// <summary>How an agent is as a whole.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<HealthState>))]
public enum HealthState
{
    /// <summary>All that is configured works.</summary>
    [JsonStringEnumMemberName("ok")]
    Ok,

    /// <summary>It works, but not as configured; the reasons say what to do.</summary>
    [JsonStringEnumMemberName("degraded")]
    Degraded,

    /// <summary>It does not detect any more, and systemd will restart it.</summary>
    [JsonStringEnumMemberName("stuck")]
    Stuck,
}

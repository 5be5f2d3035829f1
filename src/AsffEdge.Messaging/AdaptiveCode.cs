using System.Text.Json.Serialization;

namespace AsffEdge.Messaging;

/// <summary>Why the profile <c>auto</c> stands for what it does.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AdaptiveCode>))]
public enum AdaptiveCode
{
    /// <summary>Nothing has been measured yet.</summary>
    [JsonStringEnumMemberName("start")]
    Start,

    /// <summary>The profiles to choose from have changed.</summary>
    [JsonStringEnumMemberName("profiles")]
    Profiles,

    /// <summary>The machine is too hot for more.</summary>
    [JsonStringEnumMemberName("temperature")]
    Temperature,

    /// <summary>The time of day allows no more.</summary>
    [JsonStringEnumMemberName("schedule")]
    Schedule,

    /// <summary>At the size before, a camera got fewer frames a second than it is to get.</summary>
    [JsonStringEnumMemberName("too_slow")]
    TooSlow,

    /// <summary>At the size before, a camera's results came later than they may.</summary>
    [JsonStringEnumMemberName("too_late")]
    TooLate,

    /// <summary>A larger size than the one before is expected to hold rate and latency.</summary>
    [JsonStringEnumMemberName("room")]
    Room,

    /// <summary>Rate or latency do not hold, and no smaller size is allowed.</summary>
    [JsonStringEnumMemberName("exhausted")]
    Exhausted,

    /// <summary>After <see cref="Exhausted"/>: rate and latency hold again, at the same size.</summary>
    [JsonStringEnumMemberName("holds")]
    Holds,
}

namespace AsffEdge.Agent.Profiles.Adaptive;

/// <summary>Why <see cref="AdaptiveLaw"/> decided what it did.</summary>
public enum AdaptiveCode
{
    /// <summary>Nothing has been measured yet.</summary>
    Start,

    /// <summary>The profiles to choose from have changed.</summary>
    Profiles,

    /// <summary>The machine is too hot for more.</summary>
    Temperature,

    /// <summary>The time of day allows no more.</summary>
    Schedule,

    /// <summary>A camera got fewer frames a second than it is to get.</summary>
    TooSlow,

    /// <summary>A camera's results came later than they may.</summary>
    TooLate,

    /// <summary>A larger size is expected to hold rate and latency.</summary>
    Room,
}

namespace AsffEdge.Agent.Cameras;

/// <summary>How a camera is and since when.</summary>
/// <param name="State">The state.</param>
/// <param name="Reason">A stable reason code, for example <c>refused</c>, <c>unauthorised</c>, <c>not_found</c>, <c>timed_out</c>, <c>ended</c>; null when all is well.</param>
/// <param name="Detail">A sentence for people, without secrets; null when there is nothing to add.</param>
/// <param name="SinceUtc">When this state began.</param>
public sealed record CameraStatus(
    CameraState State,
    string? Reason,
    string? Detail,
    DateTime SinceUtc
);

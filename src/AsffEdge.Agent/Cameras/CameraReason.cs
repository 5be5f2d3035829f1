namespace AsffEdge.Agent.Cameras;

/// <summary>The stable reason codes of <see cref="CameraStatus.Reason"/>.</summary>
public static class CameraReason
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All =>
        [
            Refused,
            Unauthorised,
            NotFound,
            UnknownHost,
            NoRoute,
            TimedOut,
            Closed,
            Unsupported,
            NoFrames,
            Stalled,
            Frozen,
            Late,
            Damaged,
            Ended,
            NoFfmpeg,
            Failed,
        ];

    /// <summary>Nothing listens at the address.</summary>
    public const string Refused = "refused";

    /// <summary>User name or password is missing or wrong (RTSP 401 or 403).</summary>
    public const string Unauthorised = "unauthorised";

    /// <summary>No such stream (RTSP 404), file or device.</summary>
    public const string NotFound = "not_found";

    /// <summary>The host name does not resolve.</summary>
    public const string UnknownHost = "unknown_host";

    /// <summary>The network has no way to the address.</summary>
    public const string NoRoute = "no_route";

    /// <summary>No answer in time.</summary>
    public const string TimedOut = "timed_out";

    /// <summary>The server closes the connection before it gives a stream.</summary>
    public const string Closed = "closed";

    /// <summary>There is something, but no video that can be decoded.</summary>
    public const string Unsupported = "unsupported";

    /// <summary>The video opens, but holds no frame.</summary>
    public const string NoFrames = "no_frames";

    /// <summary>Frames came and then stopped coming.</summary>
    public const string Stalled = "stalled";

    /// <summary>Frames come, but all show the same picture to the last bit: the camera's encoder hangs.</summary>
    public const string Frozen = "frozen";

    /// <summary>Frames come, but long after they were taken.</summary>
    public const string Late = "late";

    /// <summary>Frames come, but the decoder finds them damaged.</summary>
    public const string Damaged = "damaged";

    /// <summary>The source ended: a file at its last frame, or a stream the server closed.</summary>
    public const string Ended = "ended";

    /// <summary>The ffmpeg program, which reads network streams, is not installed.</summary>
    public const string NoFfmpeg = "no_ffmpeg";

    /// <summary>Anything else; the detail says what.</summary>
    public const string Failed = "failed";
}

namespace AsffEdge.Agent.Cameras;

/// <summary>Tells from ffmpeg's last words why a stream could not be read.</summary>
internal static class FfmpegFailure
{
    private static readonly (
        string Text,
        CameraState State,
        string Reason,
        string Meaning
    )[] Known =
    [
        (
            "failed to execute",
            CameraState.Error,
            CameraReason.NoFfmpeg,
            "the program ffmpeg is not installed"
        ),
        (
            "401 Unauthorized",
            CameraState.Error,
            CameraReason.Unauthorised,
            "user name or password refused"
        ),
        ("403 Forbidden", CameraState.Error, CameraReason.Unauthorised, "access forbidden"),
        (
            "404 Not Found",
            CameraState.Offline,
            CameraReason.NotFound,
            "the server knows no such stream"
        ),
        (
            "Failed to resolve",
            CameraState.Offline,
            CameraReason.UnknownHost,
            "the host name does not resolve"
        ),
        (
            "Connection refused",
            CameraState.Offline,
            CameraReason.Refused,
            "nothing listens at the address"
        ),
        ("No route to host", CameraState.Offline, CameraReason.NoRoute, "no route to the host"),
        (
            "Network is unreachable",
            CameraState.Offline,
            CameraReason.NoRoute,
            "the network is unreachable"
        ),
        ("timed out", CameraState.Offline, CameraReason.TimedOut, "no answer in time"),
        (
            "461 Unsupported",
            CameraState.Error,
            CameraReason.Unsupported,
            "the server does not serve this transport"
        ),
        (
            "unknown codec",
            CameraState.Error,
            CameraReason.Unsupported,
            "no decoder for the stream's codec"
        ),
        (
            "matches no streams",
            CameraState.Error,
            CameraReason.Unsupported,
            "the stream holds no video"
        ),
        (
            "Decoder not found",
            CameraState.Error,
            CameraReason.Unsupported,
            "no decoder for the stream's codec"
        ),
        (
            "Unknown decoder",
            CameraState.Error,
            CameraReason.Unsupported,
            "no decoder for the stream's codec"
        ),
        (
            " expected, ",
            CameraState.Error,
            CameraReason.Unsupported,
            "what answers there speaks no RTSP"
        ),
    ];

    /// <summary>ffmpeg's word for every connection that ended before it had a stream, whoever ended it.</summary>
    private const string NoStream = "Invalid data found";

    /// <summary>The failure of a child that ended.</summary>
    /// <param name="address">The camera's address; only its masked form is shown.</param>
    /// <param name="messages">ffmpeg's last lines.</param>
    /// <param name="exitCode">Its exit code.</param>
    /// <param name="hadFrames">Whether it had given frames.</param>
    /// <param name="silent">Whether it waited its whole time limit for the server before it ended.</param>
    public static CameraException Describe(
        SourceAddress address,
        IReadOnlyCollection<string> messages,
        int? exitCode,
        bool hadFrames,
        bool silent
    )
    {
        foreach ((string text, CameraState state, string reason, string meaning) in Known)
        {
            // Of a stream that was decoded a moment ago nothing can be unsupported.
            bool isPossible = !hadFrames || reason != CameraReason.Unsupported;
            if (isPossible && Contain(messages, text))
            {
                return new CameraException(state, reason, $"{address.Display}: {meaning}");
            }
        }

        if (!hadFrames && Contain(messages, NoStream))
        {
            return silent
                ? new CameraException(
                    CameraState.Offline,
                    CameraReason.TimedOut,
                    $"{address.Display}: no answer in time"
                )
                : new CameraException(
                    CameraState.Offline,
                    CameraReason.Closed,
                    $"{address.Display}: the server closed the connection before it gave a stream"
                );
        }

        if (exitCode == 0)
        {
            return hadFrames
                ? new CameraException(
                    CameraState.Offline,
                    CameraReason.Ended,
                    $"{address.Display}: the stream ended"
                )
                : new CameraException(
                    CameraState.Error,
                    CameraReason.NoFrames,
                    $"{address.Display}: the stream ended without a frame"
                );
        }

        string last =
            messages
                .LastOrDefault()
                ?.Replace(address.Value, address.Display, StringComparison.Ordinal)
            ?? "";
        return new CameraException(
            CameraState.Offline,
            CameraReason.Failed,
            $"{address.Display}: ffmpeg ended with code {exitCode?.ToString() ?? "?"}: {last}"
        );
    }

    private static bool Contain(IReadOnlyCollection<string> messages, string text) =>
        messages.Any(message => message.Contains(text, StringComparison.OrdinalIgnoreCase));
}

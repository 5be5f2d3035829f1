using AsffEdge.Agent.Cameras;

namespace AsffEdge.Agent.Tests.Cameras;

/// <summary>The words of ffmpeg 5.1, as it says them to each fault.</summary>
public sealed class FfmpegFailureTests
{
    private const string NoStream = "pipe:0: Invalid data found when processing input";
    private static readonly SourceAddress Address = SourceAddress.Parse(
        "rtsp://admin:secret@192.0.2.1/s"
    );

    [Theory]
    [InlineData(
        "[tcp @ 0x1] Connection to tcp://192.0.2.1:554?timeout=6000000 failed: Connection refused",
        CameraState.Offline,
        CameraReason.Refused
    )]
    [InlineData(
        "[rtsp @ 0x1] method DESCRIBE failed: 401 Unauthorized",
        CameraState.Error,
        CameraReason.Unauthorised
    )]
    [InlineData(
        "[rtsp @ 0x1] method DESCRIBE failed: 403 Forbidden",
        CameraState.Error,
        CameraReason.Unauthorised
    )]
    [InlineData(
        "[rtsp @ 0x1] method DESCRIBE failed: 404 Not Found",
        CameraState.Offline,
        CameraReason.NotFound
    )]
    [InlineData(
        "[tcp @ 0x1] Failed to resolve hostname camera.invalid: Name or service not known",
        CameraState.Offline,
        CameraReason.UnknownHost
    )]
    [InlineData(
        "[tcp @ 0x1] Connection to tcp://192.0.2.1:554 failed: No route to host",
        CameraState.Offline,
        CameraReason.NoRoute
    )]
    [InlineData(
        "[tcp @ 0x1] Connection to tcp://192.0.2.1:554 failed: Network is unreachable",
        CameraState.Offline,
        CameraReason.NoRoute
    )]
    [InlineData(
        "[tcp @ 0x1] Connection to tcp://192.0.2.1:554 failed: Connection timed out",
        CameraState.Offline,
        CameraReason.TimedOut
    )]
    [InlineData(
        "[rtsp @ 0x1] method SETUP failed: 461 Unsupported Transport",
        CameraState.Error,
        CameraReason.Unsupported
    )]
    [InlineData(
        "Stream map '0:v:0' matches no streams.",
        CameraState.Error,
        CameraReason.Unsupported
    )]
    [InlineData(
        "[rtsp @ 0x1] CSeq 1 expected, 0 received.",
        CameraState.Error,
        CameraReason.Unsupported
    )]
    [InlineData(
        "setpriv: failed to execute ffmpeg: No such file or directory",
        CameraState.Error,
        CameraReason.NoFfmpeg
    )]
    [InlineData(
        "[concat @ 0x1] Impossible to open 'rtsp://admin:secret@192.0.2.1/s'",
        CameraState.Offline,
        CameraReason.Closed
    )]
    public void Each_fault_has_a_reason_of_its_own(string line, CameraState state, string reason)
    {
        CameraException failure = Describe([line, NoStream]);

        Assert.Equal((state, reason), (failure.State, failure.Reason));
        Assert.DoesNotContain("secret", failure.Message, StringComparison.Ordinal);
        Assert.StartsWith("rtsp://***@192.0.2.1/s: ", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_server_that_was_waited_for_in_vain_timed_out() =>
        Assert.Equal(CameraReason.TimedOut, Describe([NoStream], silent: true).Reason);

    [Fact]
    public void A_stream_that_gave_frames_is_never_unsupported() =>
        Assert.Equal(CameraReason.Failed, Describe([NoStream], hadFrames: true).Reason);

    [Fact]
    public void Words_that_nobody_knows_are_shown_without_the_password()
    {
        CameraException failure = Describe(["cannot do rtsp://admin:secret@192.0.2.1/s today"]);

        Assert.Equal(CameraReason.Failed, failure.Reason);
        Assert.EndsWith(
            "cannot do rtsp://***@192.0.2.1/s today",
            failure.Message,
            StringComparison.Ordinal
        );
    }

    private static CameraException Describe(
        string[] messages,
        bool hadFrames = false,
        bool silent = false
    ) => FfmpegFailure.Describe(Address, messages, exitCode: 1, hadFrames, silent);
}

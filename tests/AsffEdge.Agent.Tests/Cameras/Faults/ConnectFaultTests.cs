using AsffEdge.Agent.Cameras;

namespace AsffEdge.Agent.Tests.Cameras.Faults;

/// <summary>Servers that give no stream: each has a reason of its own, soon.</summary>
[Trait("Category", "System")]
public sealed class ConnectFaultTests
{
    [Theory]
    [InlineData(RtspFault.Reset, CameraState.Offline, CameraReason.Closed)]
    [InlineData(RtspFault.CloseAtOnce, CameraState.Offline, CameraReason.Closed)]
    [InlineData(RtspFault.NotFound, CameraState.Offline, CameraReason.NotFound)]
    [InlineData(RtspFault.Garbage, CameraState.Error, CameraReason.Unsupported)]
    [InlineData(RtspFault.BlackHole, CameraState.Offline, CameraReason.TimedOut)]
    public async Task A_server_without_a_stream_is_told_apart_and_left_when_it_has_one(
        RtspFault fault,
        CameraState state,
        string reason
    )
    {
        using FaultRtspServer server = new() { Fault = fault };
        long start = TimeProvider.System.GetTimestamp();
        using WatchedCamera camera = new(server.Address);
        await camera.WaitAsync(() => server.Connections > 0, "a connection");
        if (fault == RtspFault.BlackHole)
        {
            camera.Time.Advance(15);
        }

        await camera.WaitAsync(state, reason);
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"{reason} after {TimeProvider.System.GetElapsedTime(start).TotalSeconds:0.0} s"
        );

        server.Fault = RtspFault.None;

        _ = camera.Next();
        Assert.True(camera.Is(CameraState.Online));
    }

    [Theory]
    [InlineData(RtspFault.UnknownCodec)]
    [InlineData(RtspFault.OnlyAudio)]
    public async Task A_stream_without_video_that_can_be_decoded_is_unsupported(RtspFault fault)
    {
        using FaultRtspServer server = new() { Fault = fault };
        using WatchedCamera camera = new(server.Address);
        await camera.WaitAsync(() => server.Plays > 0, "a stream");
        await Task.Delay(500, TestContext.Current.CancellationToken);

        // ffmpeg itself would look for video in it for minutes.
        camera.Time.Advance(15);

        await camera.WaitAsync(CameraState.Error, CameraReason.Unsupported);
    }

    [Fact]
    public async Task A_wrong_password_is_offered_once_and_not_again_for_a_minute()
    {
        using FaultRtspServer server = new() { Login = ("admin", "right") };
        using WatchedCamera camera = new(
            server.Address.Replace("//", "//admin:wrong@", StringComparison.Ordinal)
        );
        await camera.WaitAsync(CameraState.Error, CameraReason.Unauthorised);

        // Other reasons are tried again after a second.
        await Task.Delay(TimeSpan.FromSeconds(2.5), TestContext.Current.CancellationToken);

        Assert.Equal(1, server.Passwords);
        Assert.Equal(1, server.Connections);
    }

    [Fact]
    public void The_right_password_opens()
    {
        using FaultRtspServer server = new() { Login = ("admin", "right") };
        using WatchedCamera camera = new(
            server.Address.Replace("//", "//admin:right@", StringComparison.Ordinal)
        );

        _ = camera.Next();

        Assert.True(camera.Is(CameraState.Online));
    }

    [Fact]
    public void A_server_that_takes_its_time_is_waited_for()
    {
        using FaultRtspServer server = new() { SlowStart = TimeSpan.FromSeconds(4) };
        using WatchedCamera camera = new(server.Address);

        _ = camera.Next();

        Assert.Equal([(CameraState.Connecting, null), (CameraState.Online, null)], camera.States);
        Assert.Equal(1, server.Connections);
    }
}

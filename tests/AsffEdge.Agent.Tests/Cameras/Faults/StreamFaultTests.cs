using AsffEdge.Agent.Cameras;
using OpenCvSharp;

namespace AsffEdge.Agent.Tests.Cameras.Faults;

/// <summary>Streams that go wrong while they run.</summary>
[Trait("Category", "System")]
public sealed class StreamFaultTests : IDisposable
{
    private readonly FaultRtspServer _server = new();

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task A_stream_without_new_frames_for_5_s_is_stalled_and_opened_again()
    {
        using WatchedCamera camera = new(_server.Address);
        _ = camera.Next();

        _server.Fault = RtspFault.Stall;
        long start = TimeProvider.System.GetTimestamp();
        await camera.WaitAsync(CameraState.Stalled, CameraReason.Stalled, 8);
        Assert.InRange(TimeProvider.System.GetElapsedTime(start).TotalSeconds, 4.5, 7);

        _server.Fault = RtspFault.None;
        await camera.WaitAsync(CameraState.Online, null);
        Assert.Equal(2, camera.Reader.Streams);
    }

    [Fact]
    public async Task A_stream_that_is_reset_is_back_after_a_second()
    {
        using WatchedCamera camera = new(_server.Address);
        _ = camera.Next();

        _server.Fault = RtspFault.Reset;
        await camera.WaitAsync(
            () => camera.Reader.Status.State == CameraState.Offline,
            "offline",
            5
        );
        _server.Fault = RtspFault.None;
        long start = TimeProvider.System.GetTimestamp();
        _ = camera.Next(frame => frame.Stream == 2, "a frame of the second connection");

        TestContext.Current.TestOutputHelper!.WriteLine(
            $"{string.Join(", ", camera.States)}; back after {TimeProvider.System.GetElapsedTime(start).TotalSeconds:0.0} s"
        );
        Assert.Equal((CameraState.Offline, CameraReason.Ended), camera.States[2]);
    }

    [Fact]
    public void A_change_of_resolution_is_followed_without_a_new_connection()
    {
        using WatchedCamera camera = new(_server.Address);
        _ = camera.Next(frame => frame.SourceWidth == 320, "320 wide");

        _server.Video = EncodedVideo.Moving(180, 320);

        CapturedFrame frame = camera.Next(frame => frame.SourceWidth == 180, "180 wide");
        Assert.Equal((320, new Size(180, 320)), (frame.SourceHeight, frame.Picture.Size()));
        Assert.Equal(1, frame.Stream);
    }

    [Fact]
    public async Task A_change_of_codec_in_mid_stream_costs_a_new_connection()
    {
        using WatchedCamera camera = new(_server.Address);
        _ = camera.Next();

        _server.Video = EncodedVideo.Moving(192, 108, "H265");
        long decoded = -1;
        while (decoded != camera.Reader.Decoded)
        {
            // To the last frame that ffmpeg still has of the old codec.
            decoded = camera.Reader.Decoded;
            await Task.Delay(500, TestContext.Current.CancellationToken);
        }

        camera.Time.Advance(5);

        CapturedFrame frame = camera.Next(frame => frame.SourceWidth == 192, "H.265", 30);
        Assert.Contains((CameraState.Stalled, CameraReason.Stalled), camera.States);
        Assert.Equal(2, frame.Stream);
    }

    [Fact]
    public async Task A_picture_that_is_frozen_is_stalled_until_it_changes()
    {
        using WatchedCamera camera = new(_server.Address);
        _ = camera.Next();
        _server.Fault = RtspFault.Frozen;
        long frames = camera.Reader.Decoded;
        await camera.WaitAsync(() => camera.Reader.Decoded > frames + 20, "the frozen picture");

        await camera.AdvanceAsync(10);
        await camera.WaitAsync(CameraState.Stalled, CameraReason.Frozen);
        frames = camera.Reader.Decoded;
        long delivered = camera.Reader.Delivered;
        await camera.WaitAsync(
            () => _server.Connections > 1 && camera.Reader.Decoded > frames + 20,
            "frames of the next connection"
        );
        // The same picture on a new connection is no news.
        Assert.True(camera.Is(CameraState.Stalled, CameraReason.Frozen));
        Assert.Equal(1, camera.Reader.Streams);
        // Nor is it to be inferred: whoever watches for progress must not wait for that.
        Assert.Equal(delivered, camera.Reader.Delivered);

        _server.Fault = RtspFault.None;
        await camera.WaitAsync(CameraState.Online, null);
    }

    [Fact]
    public async Task Frames_that_come_late_are_reported_and_then_left_behind_by_a_new_connection()
    {
        using WatchedCamera camera = new(_server.Address);
        _ = camera.Next(frame => frame.Number > 30, "a stream that runs");

        _server.Fault = RtspFault.FallingBehind;
        await camera.WaitAsync(CameraState.Online, CameraReason.Late);
        CapturedFrame late = camera.Next();
        Assert.InRange(late.Age.TotalSeconds, 1, 10);
        Assert.InRange(
            (camera.Time.GetUtcNow().UtcDateTime - late.CapturedUtc).TotalSeconds,
            1,
            10
        );

        // Frames that come two seconds apart while their times do not are two seconds later each.
        await camera.AdvanceAsync(20);
        await camera.WaitAsync(CameraState.Stalled, CameraReason.Late);
        _server.Fault = RtspFault.None;
        await camera.WaitAsync(CameraState.Online, null);
    }

    [Fact]
    public void A_camera_whose_clock_is_a_year_off_and_jumps_gives_frames_of_now()
    {
        _server.Fault = RtspFault.WrongClock;
        _server.Fps = 50;
        using WatchedCamera camera = new(_server.Address);
        for (int i = 0; i < 100; i++)
        {
            CapturedFrame frame = camera.Next();
            Assert.InRange(
                (camera.Time.GetUtcNow().UtcDateTime - frame.CapturedUtc).TotalSeconds,
                0,
                2
            );
        }

        Assert.Equal(1, camera.Reader.Streams);
    }

    [Fact]
    public async Task Damaged_frames_are_flagged_and_counted_and_frames_after_the_next_key_frame_are_not()
    {
        _server.Fps = 50;
        EncodedVideo video = _server.Video;
        EncodedVideo next = EncodedVideo.Moving(320, 180, source: "testsrc");
        _server.Video = next;
        HashSet<ulong> wholeNext = PictureFingerprint.AllOf(_server);
        _server.Video = video;
        HashSet<ulong> whole = PictureFingerprint.AllOf(_server);
        _server.Fault = RtspFault.Corruption;
        using WatchedCamera camera = new(_server.Address);
        (int damaged, int missed, int flagged) = (0, 0, 0);
        for (int i = 0; i < 200; i++)
        {
            CapturedFrame frame = camera.Next();
            bool isWhole = whole.Contains(PictureFingerprint.Of(frame.Picture));
            damaged += isWhole ? 0 : 1;
            missed += !isWhole && !frame.Damaged ? 1 : 0;
            flagged += frame.Damaged ? 1 : 0;
        }

        TestContext.Current.TestOutputHelper!.WriteLine(
            $"{damaged} of 200 frames damaged, {flagged} flagged, {missed} of the damaged missed, {camera.Reader.DecodeErrors} complaints"
        );
        Assert.InRange(damaged, 20, 180);
        Assert.Equal(0, missed);
        Assert.True(camera.Reader.DecodeErrors > 0 && camera.Reader.DamagedFrames >= flagged);
        // On a busy machine frames may come late, too, which is told first.
        await camera.WaitAsync(CameraState.Online, CameraReason.Damaged);

        // Damaged frames that were sent before may be under way for seconds; what shows the next video was sent after the fault.
        _server.Fault = RtspFault.None;
        _server.Video = next;
        _ = camera.Next(
            frame => !frame.Damaged && wholeNext.Contains(PictureFingerprint.Of(frame.Picture)),
            "a whole frame of the next video"
        );
        for (int i = 0; i < 20; i++)
        {
            CapturedFrame frame = camera.Next();
            Assert.False(frame.Damaged);
            Assert.Contains(PictureFingerprint.Of(frame.Picture), wholeNext);
        }
    }
}

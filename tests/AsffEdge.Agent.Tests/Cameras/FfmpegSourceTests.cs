using System.Diagnostics;
using AsffEdge.Agent.Cameras;
using OpenCvSharp;

namespace AsffEdge.Agent.Tests.Cameras;

[Trait("Category", "System")]
[Collection("Network cameras")]
public sealed class FfmpegSourceTests : IDisposable
{
    private readonly TestVideo _files = new();
    private readonly CapturedFrame _frame = new();

    public void Dispose()
    {
        _frame.Dispose();
        _files.Dispose();
    }

    [Fact]
    public void A_stream_gives_new_frames_scaled_in_the_child_with_the_sizes_of_the_source()
    {
        using var server = new RtspServer(RtspServer.LiveStream(640, 360, 20));
        using FfmpegSource source = Open(server.Address, shorterSide: 180);

        ReadPastTheStart(source);
        DateTime first = _frame.CapturedUtc;
        for (int i = 0; i < 20; i++)
        {
            Assert.True(source.Read(_frame));
        }

        Assert.Equal(new Size(320, 180), _frame.Picture.Size());
        Assert.Equal((640, 360), (_frame.SourceWidth, _frame.SourceHeight));
        Assert.Equal("pts", _frame.TimestampSource);
        // 20 frames at 20 a second, by the stream's own times; a server may drop or repeat one while it starts.
        Assert.InRange((_frame.CapturedUtc - first).TotalSeconds, 0.85, 1.3);
        Assert.InRange((DateTime.UtcNow - _frame.CapturedUtc).TotalSeconds, 0, 5);
        Scalar colour = Cv2.Mean(_frame.Picture);
        Assert.True(colour.Val2 > 230 && colour.Val0 < 25, $"red came out as {colour}");
    }

    [Fact]
    public void A_stream_that_changes_its_size_goes_on_with_the_new_one()
    {
        string path = MakeVideoOfTwoSizes();
        using var server = new RtspServer(RtspServer.FileStream(path));
        using FfmpegSource source = Open(server.Address, shorterSide: 90);

        var sizes = new List<(int, int, Size)>();
        CameraException end = Assert.Throws<CameraException>(() =>
        {
            while (source.Read(_frame))
            {
                sizes.Add((_frame.SourceWidth, _frame.SourceHeight, _frame.Picture.Size()));
            }
        });

        Assert.Equal(
            [(320, 180, new Size(160, 90)), (180, 320, new Size(90, 160))],
            sizes.Distinct()
        );
        Assert.Equal(60, sizes.Count);
        Assert.Equal(CameraReason.Ended, end.Reason);
    }

    [Fact]
    public void A_frame_rate_cap_is_kept()
    {
        using var server = new RtspServer(RtspServer.LiveStream(320, 180, 20));
        using FfmpegSource source = Open(server.Address, maxFps: 5);
        ReadPastTheStart(source);
        DateTime first = _frame.CapturedUtc;
        for (int i = 0; i < 5; i++)
        {
            Assert.True(source.Read(_frame));
        }

        Assert.InRange((_frame.CapturedUtc - first).TotalSeconds, 0.9, 1.6);
    }

    [Fact]
    public void Reading_allocates_nothing_on_the_managed_heap()
    {
        using var server = new RtspServer(RtspServer.LiveStream(320, 180, 30));
        using FfmpegSource source = Open(server.Address);
        ReadPastTheStart(source);

        long before = ThreadAllocations.SoFar();
        for (int i = 0; i < 60; i++)
        {
            _ = source.Read(_frame);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Nothing_listening_is_refused()
    {
        using var server = new RtspServer(RtspServer.LiveStream(320, 180, 10));
        string address = server.Address;
        server.Dispose();

        AssertFails(address, CameraState.Offline, CameraReason.Refused);
    }

    [Fact]
    public void An_unknown_stream_is_not_found()
    {
        using var server = new RtspServer(RtspServer.LiveStream(320, 180, 10));

        AssertFails(
            $"rtsp://127.0.0.1:{server.Port}/elsewhere",
            CameraState.Offline,
            CameraReason.NotFound
        );
    }

    [Fact]
    public void A_name_that_does_not_resolve_is_told_apart() =>
        AssertFails("rtsp://camera.invalid/cam", CameraState.Offline, CameraReason.UnknownHost);

    [Fact]
    public void A_wrong_password_is_unauthorised_and_never_shown()
    {
        using var server = new RtspServer(
            RtspServer.LiveStream(320, 180, 10),
            0,
            "operator",
            "right"
        );

        CameraException error = AssertFails(
            $"rtsp://operator:wrong-one@127.0.0.1:{server.Port}/cam",
            CameraState.Error,
            CameraReason.Unauthorised
        );

        Assert.DoesNotContain("wrong-one", error.Message, StringComparison.Ordinal);
        Assert.Contains(
            $"***@127.0.0.1:{server.Port}/cam",
            error.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void The_right_password_opens_and_no_process_title_shows_it()
    {
        using var server = new RtspServer(
            RtspServer.LiveStream(320, 180, 10),
            0,
            "operator",
            "s3cr3t"
        );
        using FfmpegSource source = Open($"rtsp://operator:s3cr3t@127.0.0.1:{server.Port}/cam");

        Assert.True(source.Read(_frame));

        string title = File.ReadAllText($"/proc/{source.ProcessId}/cmdline");
        Assert.StartsWith("ffmpeg", title, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr3t", title, StringComparison.Ordinal);
    }

    [Fact]
    public void A_server_that_says_nothing_times_out()
    {
        using var silent = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        silent.Start();

        AssertFails(
            $"rtsp://{silent.LocalEndpoint}/cam",
            CameraState.Offline,
            CameraReason.TimedOut
        );
    }

    [Fact]
    public void A_server_that_falls_silent_in_mid_stream_ends_the_connection()
    {
        using var server = new RtspServer(RtspServer.LiveStream(320, 180, 20));
        using FfmpegSource source = Open(server.Address);
        Assert.True(source.Read(_frame));
        server.Pause();

        long silentAt = Stopwatch.GetTimestamp();
        CameraException error = Assert.Throws<CameraException>(() =>
        {
            while (source.Read(_frame)) { }
        });

        Assert.Equal((CameraState.Stalled, CameraReason.Stalled), (error.State, error.Reason));
        Assert.InRange(Stopwatch.GetElapsedTime(silentAt).TotalSeconds, 4, 8);
    }

    [Fact]
    public void The_child_is_gone_after_disposal_and_leads_its_own_group()
    {
        using var server = new RtspServer(RtspServer.LiveStream(320, 180, 10));
        FfmpegSource source = Open(server.Address);
        Assert.True(source.Read(_frame));
        int child = source.ProcessId;
        string[] stat = File.ReadAllText($"/proc/{child}/stat").Split(' ');
        Assert.Equal(child.ToString(), stat[4]);

        source.Dispose();

        Assert.False(Directory.Exists($"/proc/{child}"));
    }

    [Fact]
    public void The_child_ends_with_the_thread_that_started_it_even_without_disposal()
    {
        using var server = new RtspServer(RtspServer.LiveStream(320, 180, 10));
        int child = 0;
        var thread = new Thread(() =>
        {
            FfmpegSource source = Open(server.Address);
            _ = source.Read(_frame);
            child = source.ProcessId;
            Assert.True(Directory.Exists($"/proc/{child}"));
        });
        thread.Start();
        thread.Join();

        Assert.True(
            SpinWait.SpinUntil(() => !ChildProcesses.IsRunning(child), TimeSpan.FromSeconds(10)),
            "the child outlived the thread"
        );
    }

    private static FfmpegSource Open(
        string address,
        int shorterSide = 800,
        double? maxFps = null
    ) =>
        new(
            SourceAddress.Parse(address),
            "tcp",
            shorterSide,
            maxFps,
            PrivacyMask.None,
            TimeProvider.System
        );

    /// <summary>What the server sent while ffmpeg analysed the stream comes at once; after that, frames come at their times.</summary>
    private void ReadPastTheStart(FfmpegSource source)
    {
        for (int i = 0; i < 10; i++)
        {
            Assert.True(source.Read(_frame));
        }
    }

    private CameraException AssertFails(string address, CameraState state, string reason)
    {
        using FfmpegSource source = Open(address);
        CameraException error = Assert.Throws<CameraException>(() => source.Read(_frame));
        Assert.Equal((state, reason), (error.State, error.Reason));
        return error;
    }

    private string MakeVideoOfTwoSizes()
    {
        string path = _files.PathOf("two.h264");
        File.WriteAllBytes(path, [.. Encode("320x180"), .. Encode("180x320")]);
        return path;
    }

    private byte[] Encode(string size)
    {
        string path = _files.PathOf($"{size}.h264");
        using Process ffmpeg = Process.Start(
            "ffmpeg",
            $"-v error -f lavfi -i testsrc=s={size}:r=30 -frames:v 30 -c:v libx264 -pix_fmt yuv420p -bf 0 -g 15 {path}"
        )!;
        ffmpeg.WaitForExit();
        return File.ReadAllBytes(path);
    }
}

using AsffEdge.Agent.Cameras;
using OpenCvSharp;

namespace AsffEdge.Agent.Tests.Cameras;

public sealed class VideoCaptureSourceTests : IDisposable
{
    private readonly TestVideo _videos = new();
    private readonly CapturedFrame _frame = new();

    public void Dispose()
    {
        _frame.Dispose();
        _videos.Dispose();
    }

    [Fact]
    public void Every_frame_of_a_file_is_read_once_and_in_order()
    {
        using VideoCaptureSource source = Open(_videos.Write("clip.avi", 12), loop: false);

        Assert.Equal(Enumerable.Range(0, 12), ReadAll(source));
        Assert.False(source.IsLive);
    }

    [Fact]
    public void A_looped_file_starts_again_with_its_first_frame()
    {
        using VideoCaptureSource source = Open(_videos.Write("clip.avi", 5), loop: true);

        Assert.Equal([0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1], ReadSome(source, 12));
    }

    [Fact]
    public void A_frame_rate_cap_takes_evenly_spaced_frames()
    {
        string path = _videos.Write("clip.avi", 20, fps: 20);
        using VideoCaptureSource source = Open(path, loop: false, maxFps: 8);

        Assert.Equal([0, 3, 5, 8, 10, 13, 15, 18], ReadAll(source));
    }

    [Fact]
    public void Real_time_keeps_the_pace_of_the_file()
    {
        string path = _videos.Write("clip.avi", 11, fps: 50);
        using VideoCaptureSource source = Open(path, loop: false, realTime: true);
        Assert.True(source.Read(_frame));
        long first = _frame.CompletedAt;
        DateTime firstUtc = _frame.CapturedUtc;

        _ = ReadSome(source, 10);

        // No frame before its time: the tenth interval ends 200 ms after the first frame.
        Assert.InRange(
            TimeProvider.System.GetElapsedTime(first, _frame.CompletedAt).TotalMilliseconds,
            195,
            5000
        );
        Assert.InRange((_frame.CapturedUtc - firstUtc).TotalMilliseconds, 190, 5000);
        Assert.True(source.IsLive);
    }

    [Fact]
    public void Larger_pictures_are_scaled_down_in_their_shape_and_smaller_ones_left_alone()
    {
        using VideoCaptureSource large = Open(
            _videos.Write("large.avi", 1, 320, 180),
            loop: false,
            shorterSide: 90
        );
        Assert.True(large.Read(_frame));
        Assert.Equal(new Size(160, 90), _frame.Picture.Size());
        Assert.Equal((320, 180), (_frame.SourceWidth, _frame.SourceHeight));

        using VideoCaptureSource small = Open(
            _videos.Write("small.avi", 1, 64, 48),
            loop: false,
            shorterSide: 90
        );
        Assert.True(small.Read(_frame));
        Assert.Equal(new Size(64, 48), _frame.Picture.Size());
        Assert.Equal((64, 48), (_frame.SourceWidth, _frame.SourceHeight));
    }

    [Theory]
    [InlineData(800)]
    [InlineData(24)]
    public void Reading_allocates_nothing_on_the_managed_heap(int shorterSide)
    {
        using VideoCaptureSource source = Open(
            _videos.Write("clip.avi", 20),
            loop: true,
            shorterSide: shorterSide
        );
        _ = ReadWithoutLooking(source, 30);

        long before = ThreadAllocations.SoFar();
        int read = ReadWithoutLooking(source, 200);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(200, read);
    }

    [Fact]
    public void A_missing_file_is_named()
    {
        string path = _videos.PathOf("nowhere.avi");

        CameraException error = Assert.Throws<CameraException>(() => Open(path, loop: false));

        Assert.Equal((CameraState.Error, CameraReason.NotFound), (error.State, error.Reason));
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_no_video_is_named()
    {
        string path = _videos.PathOf("text.avi");
        File.WriteAllText(path, "this is not a video");

        CameraException error = Assert.Throws<CameraException>(() => Open(path, loop: false));

        Assert.Equal((CameraState.Error, CameraReason.Unsupported), (error.State, error.Reason));
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_video_without_a_frame_is_an_error_and_no_endless_loop(bool loop)
    {
        string path = _videos.Write("empty.avi", 0);

        CameraException error = Assert.Throws<CameraException>(() =>
        {
            using VideoCaptureSource source = Open(path, loop);
            _ = source.Read(_frame);
        });

        Assert.Equal(CameraState.Error, error.State);
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancelling_ends_a_wait_for_the_next_frame()
    {
        string path = _videos.Write("slow.avi", 3, fps: 0.02);
        using VideoCaptureSource source = Open(path, loop: false, realTime: true);
        Assert.True(source.Read(_frame));
        var reading = Task.Run(() => source.Read(_frame), TestContext.Current.CancellationToken);

        source.Cancel();

        // Without the cancellation it would wait 50 s.
        Assert.False(
            await reading.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken)
        );
    }

    private static VideoCaptureSource Open(
        string path,
        bool loop,
        bool realTime = false,
        int shorterSide = 800,
        double? maxFps = null,
        PrivacyMask? mask = null
    ) =>
        new(
            SourceAddress.Parse(path),
            loop,
            realTime,
            shorterSide,
            maxFps,
            mask ?? PrivacyMask.None,
            TimeProvider.System
        );

    private List<int> ReadAll(VideoCaptureSource source) => ReadSome(source, int.MaxValue);

    private List<int> ReadSome(VideoCaptureSource source, int count)
    {
        var frames = new List<int>();
        while (frames.Count < count && source.Read(_frame))
        {
            frames.Add(TestVideo.FrameOf(_frame.Picture));
        }

        return frames;
    }

    private int ReadWithoutLooking(VideoCaptureSource source, int count)
    {
        int read = 0;
        while (read < count && source.Read(_frame))
        {
            read++;
        }

        return read;
    }
}

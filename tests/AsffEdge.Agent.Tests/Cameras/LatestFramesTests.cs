using AsffEdge.Agent.Cameras;

namespace AsffEdge.Agent.Tests.Cameras;

public sealed class LatestFramesTests : IDisposable
{
    private readonly TestVideo _videos = new();
    private readonly CapturedFrame _frame = new();

    public void Dispose()
    {
        _frame.Dispose();
        _videos.Dispose();
    }

    [Fact]
    public void A_slow_consumer_loses_frames_but_never_the_last_one_and_knows_how_many()
    {
        using LatestFrames source = Play(_videos.Write("clip.avi", 24, fps: 100));
        var numbers = new List<long>();
        while (source.Read(_frame))
        {
            Assert.Equal(_frame.Number - 1, TestVideo.FrameOf(_frame.Picture));
            Assert.Equal((64, 48), (_frame.SourceWidth, _frame.SourceHeight));
            numbers.Add(_frame.Number);
            Thread.Sleep(45);
        }

        Assert.Equal(numbers.Order().Distinct(), numbers);
        Assert.InRange(numbers.Count, 3, 12);
        Assert.Equal(24, numbers[^1]);
    }

    [Fact]
    public void A_source_that_cannot_be_opened_fails_the_reader()
    {
        string missing = _videos.PathOf("missing.avi");
        using LatestFrames source = Play(missing);

        CameraException error = Assert.Throws<CameraException>(() => source.Read(_frame));

        Assert.Contains(missing, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancelling_ends_a_wait()
    {
        using LatestFrames source = Play(_videos.Write("slow.avi", 3, fps: 0.02));
        Assert.True(source.Read(_frame));
        var reading = Task.Run(() => source.Read(_frame), TestContext.Current.CancellationToken);

        source.Cancel();

        Assert.False(
            await reading.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken)
        );
    }

    private static LatestFrames Play(string path) =>
        new(() =>
            new VideoCaptureSource(
                SourceAddress.Parse(path),
                loop: false,
                realTime: true,
                shorterSide: 800,
                maxFps: null,
                PrivacyMask.None,
                TimeProvider.System
            )
        );
}

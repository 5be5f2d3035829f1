using AsffEdge.Agent.Pipeline;
using AsffEdge.Agent.Snapshots;
using AsffEdge.Control.Profiles;
using AsffEdge.Detection;
using Microsoft.Extensions.Time.Testing;
using OpenCvSharp;

namespace AsffEdge.Agent.Tests.Snapshots;

public sealed class FrameTapTests : IDisposable
{
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(10);

    private readonly FakeTimeProvider _time = new();
    private readonly FrameTap _tap;
    private readonly Mat _picture = new(48, 64, MatType.CV_8UC3, Scalar.All(10));
    private readonly FrameResult _result = new(300)
    {
        Model = TestModel.Named,
        Profile = new Profile("fast", 320, 0.5f, 0.6f, null),
    };

    public FrameTapTests() => _tap = new FrameTap(_time);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _picture.Dispose();

    [Fact]
    public async Task A_copy_outlives_the_frame()
    {
        Task<FrameCopy> next = _tap.NextAsync(1, Within, Ct);
        _result.Buffer[0] = new DetectedObject(new Box(0.1f, 0.2f, 0.3f, 0.4f), 0.5f, 0.8f, 0, 0);
        _result.Count = 1;
        Infer(camera: 1, level: 50);
        _result.Count = 0;
        Infer(camera: 1, level: 90);

        using FrameCopy copy = await next;

        Assert.Equal(new Size(64, 48), copy.Picture.Size());
        Assert.Equal(50, Cv2.Mean(copy.Picture).Val0);
        Assert.Equal(0.4f, Assert.Single(copy.Objects).Score);
    }

    [Fact]
    public async Task Everybody_gets_the_next_frame_of_the_camera_asked_for()
    {
        Task<FrameCopy> first = _tap.NextAsync(0, Within, Ct);
        Task<FrameCopy> second = _tap.NextAsync(0, Within, Ct);
        Task<FrameCopy> other = _tap.NextAsync(1, Within, Ct);
        Infer(camera: 0, level: 20);
        Infer(camera: 1, level: 30);
        Infer(camera: 0, level: 40);

        using FrameCopy one = await first;
        using FrameCopy two = await second;
        using FrameCopy three = await other;

        Assert.Equal(
            [20, 20, 30],
            new[] { one, two, three }.Select(copy => Cv2.Mean(copy.Picture).Val0)
        );
        Assert.NotSame(one.Picture, two.Picture);
    }

    [Fact]
    public async Task Without_a_frame_in_time_the_wait_ends_and_later_frames_are_not_copied()
    {
        Task<FrameCopy> next = _tap.NextAsync(0, Within, Ct);
        Infer(camera: 1, level: 20);
        _time.Advance(Within);

        await Assert.ThrowsAsync<TimeoutException>(() => next);
        AssertCopiesNothing();
    }

    [Fact]
    public async Task A_picture_that_cannot_be_copied_fails_whoever_asked_and_not_the_frame()
    {
        Task<FrameCopy> next = _tap.NextAsync(0, Within, Ct);
        Infer(camera: 0, picture: null);

        await Assert.ThrowsAsync<NullReferenceException>(() => next);
        AssertCopiesNothing();
    }

    [Fact]
    public void Frames_that_nobody_asks_for_cost_nothing() => AssertCopiesNothing();

    // Copying allocates a picture and a list of objects.
    private void AssertCopiesNothing()
    {
        Infer(camera: 0, level: 1);
        long before = ThreadAllocations.SoFar();
        for (int frame = 0; frame < 1000; frame++)
        {
            _tap.OnFrame(_result);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private void Infer(int camera, int level)
    {
        _picture.SetTo(Scalar.All(level));
        Infer(camera, _picture);
    }

    private void Infer(int camera, Mat? picture)
    {
        _result.CameraIndex = camera;
        _result.Image = picture;
        _tap.OnFrame(_result);
    }
}

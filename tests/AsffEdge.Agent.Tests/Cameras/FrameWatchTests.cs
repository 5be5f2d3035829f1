using AsffEdge.Agent.Cameras;
using Microsoft.Extensions.Time.Testing;
using OpenCvSharp;

namespace AsffEdge.Agent.Tests.Cameras;

public sealed class FrameWatchTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly CapturedFrame[] _frames = [new(), new()];
    private readonly FrameWatch _watch;
    private int _passed;
    private int _picture;

    public FrameWatchTests()
    {
        _watch = new FrameWatch(_time);
        _watch.BeginConnection();
    }

    public void Dispose() => Array.ForEach(_frames, frame => frame.Dispose());

    [Fact]
    public void A_picture_that_stays_the_same_for_10_s_is_frozen()
    {
        Assert.True(Give(picture: 1));
        for (int k = 1; k < 100; k++)
        {
            Assert.True(Give(picture: 1, afterS: 0.1), $"after {k / 10.0} s");
        }

        CameraException failure = Assert.Throws<CameraException>(() => Give(1, afterS: 0.1));

        Assert.Equal((CameraState.Stalled, CameraReason.Frozen), (failure.State, failure.Reason));
    }

    [Fact]
    public void One_pixel_that_changes_in_time_is_enough()
    {
        for (int k = 0; k < 300; k++)
        {
            Assert.True(Give(picture: k / 90, afterS: 0.1));
        }
    }

    [Fact]
    public void A_slow_camera_is_not_frozen_after_two_pictures()
    {
        Assert.True(Give(picture: 1));
        for (int k = 0; k < 9; k++)
        {
            Assert.True(Give(picture: 1, afterS: 15));
        }

        Assert.Throws<CameraException>(() => Give(picture: 1, afterS: 15));
    }

    [Fact]
    public void A_picture_that_is_still_frozen_on_the_next_connection_does_not_pass_until_it_changes()
    {
        Freeze();
        _watch.BeginConnection();

        for (int k = 1; k < 100; k++)
        {
            Assert.False(Give(picture: 1, afterS: 0.1));
        }

        Assert.Equal(
            CameraReason.Frozen,
            Assert.Throws<CameraException>(() => Give(1, afterS: 0.1)).Reason
        );
        _watch.BeginConnection();
        Assert.True(Give(picture: 2, afterS: 0.1));
        Assert.True(Give(picture: 2, afterS: 0.1));
    }

    [Fact]
    public void Frames_older_than_2_s_are_a_concern_until_they_are_younger_than_1_s()
    {
        Assert.Null(ConcernAt(ageS: 1.9));
        Assert.Equal(CameraReason.Late, ConcernAt(ageS: 2));
        Assert.Equal(CameraReason.Late, ConcernAt(ageS: 1.1));
        Assert.Null(ConcernAt(ageS: 0.9));
        Assert.Null(ConcernAt(ageS: 1.5));
    }

    [Fact]
    public void Frames_older_than_5_s_for_10_s_end_the_connection()
    {
        for (int k = 0; k < 20; k++)
        {
            // One that is younger in between starts the ten seconds anew.
            Assert.True(Give(picture: k, afterS: 1, ageS: k % 10 == 9 ? 4.9 : 5));
        }

        for (int k = 20; k < 30; k++)
        {
            Assert.True(Give(picture: k, afterS: 1, ageS: 5));
        }

        CameraException failure = Assert.Throws<CameraException>(() =>
            Give(picture: 30, afterS: 1, ageS: 5)
        );
        Assert.Equal((CameraState.Stalled, CameraReason.Late), (failure.State, failure.Reason));
        _watch.BeginConnection();
        Assert.Null(_watch.Concern);
    }

    [Fact]
    public void Damage_is_a_concern_for_30_s_and_counted()
    {
        Assert.True(Give(picture: 0, damaged: true));
        Assert.True(Give(picture: 1, afterS: 1, damaged: true));
        Assert.Equal(CameraReason.Damaged, _watch.Concern);
        Assert.True(Give(picture: 2, afterS: 29.9));
        Assert.Equal(CameraReason.Damaged, _watch.Concern);
        Assert.True(Give(picture: 3, afterS: 0.1));

        Assert.Null(_watch.Concern);
        Assert.Equal(2, _watch.Damaged);
    }

    [Fact]
    public void Judging_allocates_nothing()
    {
        for (int k = 0; k < 3; k++)
        {
            _ = Give(picture: k);
        }

        long before = ThreadAllocations.SoFar();
        for (int k = 0; k < 1000; k++)
        {
            CapturedFrame frame = _frames[k & 1];
            frame.Damaged = k % 3 == 0;
            _ = _watch.Judge(frame);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private void Freeze()
    {
        Assert.True(Give(picture: 1));
        for (int k = 1; k < 100; k++)
        {
            _ = Give(picture: 1, afterS: 0.1);
        }

        Assert.Throws<CameraException>(() => Give(picture: 1, afterS: 0.1));
    }

    private string? ConcernAt(double ageS)
    {
        Assert.True(Give(picture: _picture++, afterS: 0.1, ageS: ageS));
        return _watch.Concern;
    }

    /// <summary>Pictures of one number are the same; others differ from them in their last pixel.</summary>
    private bool Give(int picture, double afterS = 0, double ageS = 0, bool damaged = false)
    {
        _time.Advance(TimeSpan.FromSeconds(afterS));
        // As in the cameras' slots: a frame that passed stays as it is until another has passed.
        CapturedFrame frame = _frames[1 - _passed];
        frame.Picture.Create(3, 5, MatType.CV_8UC3);
        frame.Picture.SetTo(Scalar.All(7));
        frame.Picture.Set(2, 4, new Vec3b(0, 0, (byte)picture));
        frame.Age = TimeSpan.FromSeconds(ageS);
        frame.Damaged = damaged;
        bool passes = _watch.Judge(frame);
        _passed = passes ? 1 - _passed : _passed;
        return passes;
    }
}

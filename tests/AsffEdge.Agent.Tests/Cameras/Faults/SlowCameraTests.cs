using AsffEdge.Agent.Cameras;

namespace AsffEdge.Agent.Tests.Cameras.Faults;

[Trait("Category", "System")]
public sealed class SlowCameraTests
{
    [Fact]
    [Trait("Category", "Slow")]
    public void One_frame_in_15_s_is_enough_where_it_is_configured()
    {
        using FaultRtspServer server = new(EncodedVideo.Moving(320, 180, keyInterval: 1))
        {
            Fps = 1 / 15.0,
        };
        using WatchedCamera camera = new(server.Address, maxFps: 0.1);
        long start = TimeProvider.System.GetTimestamp();
        _ = camera.Next(40);
        double first = TimeProvider.System.GetElapsedTime(start).TotalSeconds;
        // ffmpeg gives the first two frames of such a stream the same time, so that the second is taken for one too many.
        _ = camera.Next(40);
        _ = camera.Next(20);

        TestContext.Current.TestOutputHelper!.WriteLine($"first frame after {first:0.0} s");
        // A frame is known to be whole when the next one begins; nothing may hold it back longer.
        Assert.InRange(first, 14, 25);
        Assert.Equal([(CameraState.Connecting, null), (CameraState.Online, null)], camera.States);
        Assert.Equal(1, server.Connections);
    }
}

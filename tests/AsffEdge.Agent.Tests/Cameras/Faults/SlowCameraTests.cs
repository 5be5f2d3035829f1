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
        for (int i = 0; i < 2; i++)
        {
            _ = camera.Next(20);
        }

        TestContext.Current.TestOutputHelper!.WriteLine($"first frame after {first:0.0} s");
        Assert.Equal([(CameraState.Connecting, null), (CameraState.Online, null)], camera.States);
        Assert.Equal(1, server.Connections);
    }
}

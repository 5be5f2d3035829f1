using AsffEdge.Agent.Cameras;
using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Pipeline;
using AsffEdge.Agent.Tests.Cameras.Faults;
using AsffEdge.Agent.Tests.Pipeline;
using AsffEdge.Detection;

namespace AsffEdge.Agent.Tests.Cameras;

[Trait("Category", "System")]
[Collection("Network cameras")]
public sealed class CameraRecoveryTests : IAsyncDisposable
{
    private readonly PipelineFixture _fixture = new();

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task A_camera_that_dies_comes_back_on_a_new_stream_and_costs_the_other_nothing()
    {
        using var steady = new RtspServer(RtspServer.LiveStream(320, 180, 20));
        using var doomed = new RtspServer(RtspServer.LiveStream(320, 180, 20));
        VideoPipeline pipeline = await _fixture.StartAsync([
            new CameraOptions { Id = "steady", Source = steady.Address },
            new CameraOptions { Id = "doomed", Source = doomed.Address },
        ]);
        CameraStatistics other = pipeline.Statistics[0];
        await PipelineFixture.WaitUntilAsync(
            () => pipeline.Statistics.All(camera => camera.Inferred > 20),
            "frames of both"
        );

        doomed.Dispose();
        await PipelineFixture.WaitUntilAsync(
            () => pipeline.Statistics[1].Status.State == CameraState.Offline,
            "the dead camera is offline",
            10
        );
        long before = other.Inferred;
        long start = TimeProvider.System.GetTimestamp();
        await Task.Delay(TimeSpan.FromSeconds(3), TestContext.Current.CancellationToken);
        double rate =
            (other.Inferred - before) / TimeProvider.System.GetElapsedTime(start).TotalSeconds;
        Assert.InRange(rate, 19, 21);

        using var reborn = new RtspServer(RtspServer.LiveStream(320, 180, 20), doomed.Port);
        long gone = pipeline.Statistics[1].Inferred;
        await PipelineFixture.WaitUntilAsync(
            () => pipeline.Statistics[1].Inferred > gone + 10,
            "the camera is back",
            15
        );
        Assert.Equal(CameraState.Online, pipeline.Statistics[1].Status.State);
        Assert.Equal(1, pipeline.Statistics[1].Reconnects);
        Assert.Equal(
            [1, 2],
            _fixture.Results.Where(r => r.Camera == "doomed").Select(r => r.Stream).Distinct()
        );
        Assert.Equal(0, other.Reconnects);
        // Retries that change nothing are not reported again.
        Assert.Equal(
            [CameraState.Connecting, CameraState.Online, CameraState.Offline, CameraState.Online],
            _fixture
                .States("doomed")
                .Select(status => status.State)
                .Where((state, i) => i < 3 || state == CameraState.Online)
        );
    }

    [Fact]
    public async Task A_change_of_resolution_and_damage_reach_the_results()
    {
        using FaultRtspServer server = new();
        (int Width, int Height) size = default;
        bool isDamaged = false;
        bool areFractions = true;
        _fixture.OnResult = result =>
        {
            size = (result.SourceWidth, result.SourceHeight);
            isDamaged = result.Damaged;
            foreach (ref readonly DetectedObject found in result.Objects)
            {
                areFractions &= found.Box is { Left: >= 0, Top: >= 0, Right: <= 1, Bottom: <= 1 };
            }
        };
        VideoPipeline pipeline = await _fixture.StartAsync([
            new CameraOptions { Id = "cam", Source = server.Address },
        ]);
        await PipelineFixture.WaitUntilAsync(() => size == (320, 180), "the first size");

        server.Video = EncodedVideo.Moving(180, 320);
        await PipelineFixture.WaitUntilAsync(() => size == (180, 320), "the second size");
        server.Fault = RtspFault.Corruption;
        await PipelineFixture.WaitUntilAsync(() => isDamaged, "a damaged frame");
        server.Fault = RtspFault.None;
        await PipelineFixture.WaitUntilAsync(() => !isDamaged, "a whole frame");

        CameraStatistics camera = pipeline.Statistics[0];
        Assert.Equal((180, 320), (camera.SourceWidth, camera.SourceHeight));
        Assert.True(camera.DamagedFrames > 0 && camera.DecodeErrors > 0);
        Assert.Equal(0, camera.Reconnects);
        Assert.True(areFractions);
    }

    [Fact]
    public async Task Restarting_a_camera_again_and_again_leaves_one_connection()
    {
        using FaultRtspServer server = new();
        VideoPipeline pipeline = await _fixture.StartAsync([
            new CameraOptions { Id = "cam", Source = server.Address },
        ]);
        CameraStatistics camera = pipeline.Statistics[0];
        for (int round = 0; round < 8; round++)
        {
            await PipelineFixture.WaitUntilAsync(
                () => _fixture.Results.Any(result => result.Stream == round + 1),
                $"a frame of connection {round + 1}"
            );
            pipeline.RestartCamera("cam");
        }

        await PipelineFixture.WaitUntilAsync(() => camera.Reconnects == 8, "the last connection");
        // A child that were left would hold its connection.
        await PipelineFixture.WaitUntilAsync(() => server.Open == 1, "the end of all but the last");
        Assert.Equal(9, server.Connections);
    }
}

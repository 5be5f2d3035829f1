using AsffEdge.Agent.Cameras;
using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Pipeline;
using AsffEdge.Agent.Tests.Pipeline;

namespace AsffEdge.Agent.Tests.Cameras.Faults;

[Trait("Category", "System")]
[Collection("Network cameras")]
public sealed class ManyCamerasTests : IAsyncDisposable
{
    private readonly PipelineFixture _fixture = new();

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task Fifteen_dead_cameras_do_not_keep_the_good_one_waiting_and_stopping_leaves_no_connection()
    {
        RtspFault[] faults =
        [
            RtspFault.BlackHole,
            RtspFault.Garbage,
            RtspFault.CloseAtOnce,
            RtspFault.NotFound,
            RtspFault.Reset,
        ];
        FaultRtspServer[] dead = [.. faults.Select(fault => new FaultRtspServer { Fault = fault })];
        using FaultRtspServer good = new();
        long start = TimeProvider.System.GetTimestamp();

        VideoPipeline pipeline = await _fixture.StartAsync([
            .. Enumerable
                .Range(0, 15)
                .Select(i => new CameraOptions
                {
                    Id = $"dead-{i}",
                    Source = dead[i % dead.Length].Address,
                }),
            new CameraOptions { Id = "good", Source = good.Address },
        ]);
        await PipelineFixture.WaitUntilAsync(
            () => pipeline.Statistics[15].Inferred > 0,
            "a frame of the good camera"
        );
        double seconds = TimeProvider.System.GetElapsedTime(start).TotalSeconds;
        await PipelineFixture.WaitUntilAsync(
            () =>
                pipeline.Statistics.Take(15).Count(camera => camera.Status.Reason is not null) >= 12
                && dead[0].Open == 3,
            "the reasons of the others"
        );

        await pipeline.StopAsync(TestContext.Current.CancellationToken);

        TestContext.Current.TestOutputHelper!.WriteLine(
            $"the good camera's first result after {seconds:0.0} s"
        );
        Assert.InRange(seconds, 0, 3);
        // A child that were left would hold its connection.
        await PipelineFixture.WaitUntilAsync(
            () => dead.Append(good).All(server => server.Open == 0),
            "the end of every connection",
            5
        );
        Array.ForEach(dead, server => server.Dispose());
    }

    [Fact]
    [Trait("Category", "Slow")]
    public async Task Thirty_two_cameras_all_get_their_share()
    {
        using FaultRtspServer server = new() { Fps = 5 };
        long start = TimeProvider.System.GetTimestamp();
        VideoPipeline pipeline = await _fixture.StartAsync([
            .. Enumerable
                .Range(0, 32)
                .Select(i => new CameraOptions { Id = $"cam-{i}", Source = server.Address }),
        ]);
        await PipelineFixture.WaitUntilAsync(
            () => pipeline.Statistics.All(camera => camera.Inferred > 10),
            "ten frames of each",
            120
        );
        double ready = TimeProvider.System.GetElapsedTime(start).TotalSeconds;
        long[] before = [.. pipeline.Statistics.Select(camera => camera.Inferred)];
        await Task.Delay(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        double[] rates =
        [
            .. pipeline.Statistics.Select((camera, i) => (camera.Inferred - before[i]) / 20.0),
        ];

        TestContext.Current.TestOutputHelper!.WriteLine(
            $"ten frames of each after {ready:0.0} s; then {rates.Min():0.00} to {rates.Max():0.00} frames a second each, "
                + $"{pipeline.Statistics.Sum(camera => camera.Reconnects)} reconnects"
        );
        Assert.All(
            pipeline.Statistics,
            camera => Assert.Equal(CameraState.Online, camera.Status.State)
        );
        Assert.Equal(0, pipeline.Statistics.Sum(camera => camera.Reconnects));
        Assert.True(rates.Min() >= 0.8 * rates.Max());
    }
}

using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Health;
using AsffEdge.Agent.Models;
using AsffEdge.Agent.Pipeline;
using AsffEdge.Agent.Tests.Pipeline;
using AsffEdge.Control.Profiles;
using AsffEdge.Detection;
using AsffEdge.Messaging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace AsffEdge.Agent.Tests.Health;

/// <summary>The demo model at large sizes, whose warming takes a while, frames that come meanwhile, and a clock that is put forward.</summary>
public sealed class AgentProgressTests : IAsyncDisposable
{
    private readonly TestVideo _video = new();
    private readonly FakeTimeProvider _time = new();
    private readonly LoadedModel _model = new(
        Detector.Open(
            Path.Combine(Repository.Root, "models", "pedestrian.onnx"),
            new DetectorOptions { Threads = 1 }
        )
    );
    private readonly VideoPipeline _pipeline;
    private readonly AgentProgress _progress;

    public AgentProgressTests()
    {
        ProfileSelection selection = new([new Profile("small", 320, 0.5f, 0.5f, null)], 0);
        _pipeline = new VideoPipeline(
            [
                new CameraOptions
                {
                    Id = "dock-1",
                    Source = _video.Write("clip.avi", 10),
                    Loop = true,
                    RealTime = true,
                },
            ],
            _model,
            selection,
            [],
            [],
            _time,
            NullLoggerFactory.Instance
        );
        _progress = new AgentProgress(_pipeline, selection, _time);
    }

    public async ValueTask DisposeAsync()
    {
        await _pipeline.DisposeAsync();
        _model.Dispose();
        _video.Dispose();
    }

    [Fact]
    public async Task Frames_that_wait_for_a_size_to_be_warmed_do_not_make_the_agent_stuck()
    {
        CameraStatistics camera = _pipeline.Statistics[0];
        await _pipeline.StartAsync(TestContext.Current.CancellationToken);
        await PipelineFixture.WaitUntilAsync(() => camera.Inferred > 0, "the first frame");

        bool isSeen = false;
        for (int attempt = 0; attempt < 100 && !isSeen; attempt++)
        {
            Task warm = _pipeline.WarmAsync(800);
            SpinWait.SpinUntil(() =>
            {
                _time.Advance(TimeSpan.FromMilliseconds(1));
                return _pipeline.WarmingFor > TimeSpan.Zero || warm.IsCompleted;
            });
            _ = _progress.Judge();
            (long delivered, long inferred) = (camera.Delivered, camera.Inferred);
            _time.Advance(TimeSpan.FromSeconds(11));
            SpinWait.SpinUntil(() => camera.Delivered > delivered || warm.IsCompleted);

            Degradation? fault = _progress.Judge();

            // What was judged counts only if the same warm-up went on all the while.
            isSeen =
                _pipeline.WarmingFor >= TimeSpan.FromSeconds(11)
                && camera.Delivered > delivered
                && camera.Inferred == inferred;
            Assert.True(!isSeen || fault is null, fault?.Detail);
            await warm;
        }

        Assert.True(isSeen, "no warm-up was caught");
    }
}

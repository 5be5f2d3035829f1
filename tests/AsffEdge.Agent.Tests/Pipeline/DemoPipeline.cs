using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Health;
using AsffEdge.Agent.Models;
using AsffEdge.Agent.Pipeline;
using AsffEdge.Control.Profiles;
using AsffEdge.Detection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace AsffEdge.Agent.Tests.Pipeline;

/// <summary>A pipeline with the demo model, whose inferences take their time, over a clip without end, and a clock that is put forward.</summary>
internal sealed class DemoPipeline : IAsyncDisposable
{
    private readonly TestVideo _video = new();
    private readonly LoadedModel _model = new(
        Detector.Open(
            Path.Combine(Repository.Root, "models", "pedestrian.onnx"),
            new DetectorOptions { Threads = 1 }
        )
    );

    /// <param name="size">Network input size in pixels.</param>
    /// <param name="realTime">Whether the clip plays at its own rate; else a frame always waits.</param>
    public DemoPipeline(int size, bool realTime)
    {
        ProfileSelection selection = new([new Profile("demo", size, 0.5f, 0.5f, null)], 0);
        Pipeline = new VideoPipeline(
            [
                new CameraOptions
                {
                    Id = "dock-1",
                    Source = _video.Write("clip.avi", 10),
                    Loop = true,
                    RealTime = realTime,
                },
            ],
            _model,
            selection,
            [],
            [],
            Time,
            NullLoggerFactory.Instance
        );
        Progress = new AgentProgress(Pipeline, selection, Time);
    }

    public FakeTimeProvider Time { get; } = new();

    public VideoPipeline Pipeline { get; }

    public AgentProgress Progress { get; }

    public CameraStatistics Camera => Pipeline.Statistics[0];

    /// <summary>Starts it, and waits until more frames than these have been inferred.</summary>
    public async Task StartAsync(long frames)
    {
        await Pipeline.StartAsync(TestContext.Current.CancellationToken);
        await PipelineFixture.WaitUntilAsync(() => Camera.Inferred > frames, "the first frames");
    }

    public async ValueTask DisposeAsync()
    {
        await Pipeline.DisposeAsync();
        _model.Dispose();
        _video.Dispose();
    }
}

using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Health;
using AsffEdge.Agent.Models;
using AsffEdge.Agent.Pipeline;
using AsffEdge.Agent.Tests.Pipeline;
using AsffEdge.Control.Profiles;
using AsffEdge.Detection;
using AsffEdge.Messaging;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace AsffEdge.Agent.Tests.Models;

/// <summary>The demo model at its largest size, so that an inference is nearly always under way, and a clock that is put forward.</summary>
public sealed class InferenceWatchTests : IAsyncDisposable
{
    private readonly TestVideo _video = new();
    private readonly LogLines _log = new();
    private readonly LoggerFactory _logging = new();
    private readonly FakeTimeProvider _time = new();
    private readonly Degradations _board = new();
    private readonly LoadedModel _model;
    private readonly VideoPipeline _pipeline;
    private readonly InferenceWatch _watch;

    public InferenceWatchTests()
    {
        _logging.AddProvider(_log);
        _model = new LoadedModel(
            Detector.Open(
                Path.Combine(Repository.Root, "models", "pedestrian.onnx"),
                new DetectorOptions { Threads = 1 }
            )
        );
        ProfileSelection selection = new([new Profile("max", 800, 0.5f, 0.5f, null)], 0);
        _pipeline = new VideoPipeline(
            [
                new CameraOptions
                {
                    Id = "dock-1",
                    Source = _video.Write("clip.avi", 10),
                    Loop = true,
                    RealTime = false,
                },
            ],
            _model,
            selection,
            [],
            [],
            _time,
            NullLoggerFactory.Instance
        );
        _watch = new InferenceWatch(
            _pipeline,
            new AgentProgress(_pipeline, selection, _time),
            _board,
            _time,
            _logging.CreateLogger<InferenceWatch>()
        );
    }

    public async ValueTask DisposeAsync()
    {
        await _pipeline.DisposeAsync();
        _watch.Dispose();
        _model.Dispose();
        _logging.Dispose();
        _log.Dispose();
        _video.Dispose();
    }

    [Fact]
    public async Task An_overdue_inference_is_ended_and_the_camera_goes_on()
    {
        CameraStatistics camera = _pipeline.Statistics[0];
        await _pipeline.StartAsync(TestContext.Current.CancellationToken);
        await PipelineFixture.WaitUntilAsync(() => camera.Inferred > 2, "the first frames");

        // Now and then the clock is put forward between two frames, where nothing is overdue.
        await PipelineFixture.WaitUntilAsync(
            () =>
            {
                _time.Advance(TimeSpan.FromSeconds(11));
                _watch.Look();
                return camera.InferenceFailures > 0;
            },
            "an inference that was ended"
        );
        Assert.Contains(
            _log.Lines,
            line => line.Contains("told to end it", StringComparison.Ordinal)
        );

        long inferred = camera.Inferred;
        await PipelineFixture.WaitUntilAsync(
            () => camera.Inferred > inferred + 2,
            "frames after it"
        );
        Assert.False(_pipeline.Completion.IsCompleted);
    }

    [Fact]
    public async Task Failures_of_the_last_minute_stand_on_the_board_until_they_are_older()
    {
        CameraStatistics camera = _pipeline.Statistics[0];
        await _pipeline.StartAsync(TestContext.Current.CancellationToken);
        _watch.Look();
        Assert.Empty(_board.Standing);
        await PipelineFixture.WaitUntilAsync(
            () =>
            {
                _time.Advance(TimeSpan.FromMilliseconds(1)); // else none has been under way for any time
                _pipeline.TerminateInference();
                return camera.InferenceFailures >= 3;
            },
            "three failures"
        );

        _watch.Look();
        Degradation standing = Assert.Single(_board.Standing);
        Assert.Equal(HealthCode.InferenceFailing, standing.Code);
        Assert.Contains("were dropped", standing.Detail, StringComparison.Ordinal);

        for (int second = 0; second < 60; second++)
        {
            _watch.Look();
        }

        Assert.Empty(_board.Standing);
    }
}

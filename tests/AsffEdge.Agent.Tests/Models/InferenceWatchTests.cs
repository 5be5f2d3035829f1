using AsffEdge.Agent.Health;
using AsffEdge.Agent.Models;
using AsffEdge.Agent.Pipeline;
using AsffEdge.Agent.Tests.Pipeline;
using AsffEdge.Messaging;
using Microsoft.Extensions.Logging;

namespace AsffEdge.Agent.Tests.Models;

/// <summary>The largest size of the demo model, so that an inference is nearly always under way.</summary>
public sealed class InferenceWatchTests : IAsyncDisposable
{
    private readonly LogLines _log = new();
    private readonly LoggerFactory _logging = new();
    private readonly Degradations _board = new();
    private readonly DemoPipeline _demo = new(800, realTime: false);
    private readonly InferenceWatch _watch;

    public InferenceWatchTests()
    {
        _logging.AddProvider(_log);
        _watch = new InferenceWatch(
            _demo.Pipeline,
            _demo.Progress,
            _board,
            _demo.Time,
            _logging.CreateLogger<InferenceWatch>()
        );
    }

    public async ValueTask DisposeAsync()
    {
        await _demo.DisposeAsync();
        _watch.Dispose();
        _logging.Dispose();
        _log.Dispose();
    }

    [Fact]
    public async Task An_overdue_inference_is_ended_and_the_camera_goes_on()
    {
        CameraStatistics camera = _demo.Camera;
        await _demo.StartAsync(frames: 2);

        // Now and then the clock is put forward between two frames, where nothing is overdue.
        await PipelineFixture.WaitUntilAsync(
            () =>
            {
                _demo.Time.Advance(TimeSpan.FromSeconds(11));
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
        Assert.False(_demo.Pipeline.Completion.IsCompleted);
    }

    [Fact]
    public async Task Failures_of_the_last_minute_stand_on_the_board_until_they_are_older()
    {
        CameraStatistics camera = _demo.Camera;
        await _demo.Pipeline.StartAsync(TestContext.Current.CancellationToken);
        _watch.Look();
        Assert.Empty(_board.Standing);
        await PipelineFixture.WaitUntilAsync(
            () =>
            {
                _demo.Time.Advance(TimeSpan.FromMilliseconds(1)); // else none has been under way for any time
                _demo.Pipeline.TerminateInference();
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

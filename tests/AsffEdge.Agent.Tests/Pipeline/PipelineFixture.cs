using AsffEdge.Agent.Cameras;
using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Models;
using AsffEdge.Agent.Pipeline;
using AsffEdge.Agent.Profiles;
using AsffEdge.Control.Profiles;
using AsffEdge.Detection;
using AsffEdge.Detection.Tests;
using Microsoft.Extensions.Logging.Abstractions;

namespace AsffEdge.Agent.Tests.Pipeline;

/// <summary>A real pipeline over real files, with the detector whose answers are known, and what came out of it.</summary>
public sealed class PipelineFixture : IFrameResultSink, ICameraStatusSink, IAsyncDisposable
{
    public static readonly Profile Fast = new("fast", 64, 0.5f, 0.5f, null);

    private readonly ColourCells _models = new();
    private readonly List<Seen> _seen = [];
    private readonly List<(string Camera, CameraStatus Status)> _states = [];
    private readonly Lock _gate = new();
    private readonly Detector _detector;
    private VideoPipeline? _pipeline;

    /// <param name="threads">Threads of an inference: one leaves a core on which the next input is prepared, 0 does not.</param>
    public PipelineFixture(int threads = 1) => _detector = _models.Open(threads);

    public TestVideo Videos { get; } = new();

    public VideoPipeline Pipeline => _pipeline!;

    public ProfileSelection? Profiles { get; private set; }

    /// <summary>What the tests do with a result while it is valid.</summary>
    public Action<FrameResult>? OnResult { get; set; }

    /// <summary>Off, nothing is noted, so that what the pipeline does can be measured alone.</summary>
    public bool KeepsResults { get; set; } = true;

    public sealed record Seen(
        string Camera,
        int Stream,
        long Sequence,
        int Skipped,
        Profile Profile,
        long Revision,
        DetectedObject[] Objects,
        int Picture
    );

    /// <summary>The results so far.</summary>
    public IReadOnlyList<Seen> Results
    {
        get
        {
            lock (_gate)
            {
                return [.. _seen];
            }
        }
    }

    /// <summary>The camera's states so far, in order.</summary>
    public IReadOnlyList<CameraStatus> States(string camera)
    {
        lock (_gate)
        {
            return
            [
                .. _states.Where(entry => entry.Camera == camera).Select(entry => entry.Status),
            ];
        }
    }

    public async Task<VideoPipeline> StartAsync(
        IReadOnlyList<CameraOptions> cameras,
        Profile? profile = null,
        params IFrameResultSink[] moreSinks
    )
    {
        Profiles = new ProfileSelection([.. cameras.Select(_ => profile ?? Fast)], 0);
        _pipeline = new VideoPipeline(
            cameras,
            new LoadedModel(_detector),
            Profiles,
            [.. moreSinks, this],
            [this],
            TimeProvider.System,
            NullLoggerFactory.Instance
        );
        await _pipeline.StartAsync(TestContext.Current.CancellationToken);
        return _pipeline;
    }

    public static async Task WaitUntilAsync(Func<bool> condition, string what, int seconds = 30)
    {
        long start = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            Assert.True(
                TimeProvider.System.GetElapsedTime(start).TotalSeconds < seconds,
                $"not within {seconds} s: {what}"
            );
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }

    public void OnFrame(FrameResult result)
    {
        OnResult?.Invoke(result);
        if (!KeepsResults)
        {
            return;
        }

        lock (_gate)
        {
            _seen.Add(
                new Seen(
                    result.CameraId,
                    result.Stream,
                    result.Sequence,
                    result.Skipped,
                    result.Profile,
                    result.Revision,
                    result.Objects.ToArray(),
                    TestVideo.FrameOf(result.Image!)
                )
            );
        }
    }

    public void OnStatus(int cameraIndex, string cameraId, CameraStatus status)
    {
        lock (_gate)
        {
            _states.Add((cameraId, status));
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_pipeline is not null)
        {
            await _pipeline.DisposeAsync();
        }

        _detector.Dispose();
        _models.Dispose();
        Videos.Dispose();
    }
}

using System.Diagnostics;
using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Footage;
using AsffEdge.Agent.Health;
using AsffEdge.Agent.Models;
using AsffEdge.Agent.Pipeline;
using AsffEdge.Agent.Tracking;
using AsffEdge.Control.Profiles;
using AsffEdge.Detection;
using Microsoft.Extensions.Logging.Abstractions;

namespace AsffEdge.Agent.Commands;

/// <summary>
/// Measures what collecting costs the pipeline: one camera as fast as it is inferred, tracking on, in turns with and without collecting, so
/// that a machine that gets slower meanwhile does so for both. No budget holds anything back, so it costs as much as it ever can.
/// </summary>
/// <param name="model">The ONNX file.</param>
/// <param name="video">The file that the camera plays.</param>
/// <param name="size">Network input size in pixels.</param>
/// <param name="threads">Threads of one inference; 0: one a core.</param>
/// <param name="length">How long.</param>
internal sealed class FootageBenchmark(
    string model,
    string video,
    int size,
    int threads,
    TimeSpan length
) : IFrameResultSink
{
    private const int Unlimited = 1 << 20;

    // Long enough for the frames that are kept, one a second, to be written within the turn that chose them.
    private static readonly TimeSpan Turn = TimeSpan.FromSeconds(2);

    // Turns in which code that runs for the first time is compiled: a day has one such second.
    private const int WarmUp = 2;

    private readonly TaskCompletionSource _ended = new(
        TaskCreationOptions.RunContinuationsAsynchronously
    );
    private readonly long[] _frames = new long[2];
    private readonly TimeSpan[] _times = new TimeSpan[2];
    private FootageSink _sink = null!;
    private TimeSpan _inSink;
    private long _bytesNotChosen;
    private long _notChosen;
    private long _turnStartedAt;
    private int _turn; // the first, 0, is without; odd ones are with

    /// <summary>Measures.</summary>
    /// <param name="ct">Ends it early.</param>
    /// <exception cref="ModelException">The model cannot be used.</exception>
    /// <exception cref="FormatException">The model does not take the size; the message names those it takes.</exception>
    public async Task<FootageBenchmarkReport> RunAsync(CancellationToken ct)
    {
        DirectoryInfo state = Directory.CreateTempSubdirectory("asff-edge-benchmark-");
        try
        {
            using LoadedModel loaded = new(
                Detector.Open(model, new DetectorOptions { Threads = threads })
            );
            ModelManifest manifest = loaded.Detector.Manifest;
            if (!manifest.Input.Allows(size))
            {
                throw new FormatException(
                    $"size {size}: this model takes {manifest.Input.DescribeSizes()}"
                );
            }

            loaded.Detector.Warm(size);
            AgentConfiguration configuration = Configuration(state.FullName);
            using FootageSink sink = new(
                configuration,
                manifest.Labels,
                loaded.Detector.MaxDetections,
                TimeProvider.System
            );
            _sink = sink;
            FootageWriter writer = new(
                configuration,
                manifest.Labels,
                sink,
                new Degradations(),
                TimeProvider.System,
                NullLogger<FootageWriter>.Instance
            );
            await writer.StartAsync(ct).ConfigureAwait(false);
            await RunPipelineAsync(configuration, loaded, ct).ConfigureAwait(false);
            await writer.StopAsync(ct).ConfigureAwait(false);
            double without = _frames[0] / _times[0].TotalSeconds;
            double with = _frames[1] / _times[1].TotalSeconds;
            return new FootageBenchmarkReport(
                size,
                without,
                with,
                with / without,
                _inSink.TotalMicroseconds / _frames[1],
                _bytesNotChosen,
                _notChosen,
                writer.Status.Kept.Sum(),
                writer.Status.Duplicates
            );
        }
        finally
        {
            state.Delete(recursive: true);
        }
    }

    /// <inheritdoc/>
    public void OnFrame(FrameResult result)
    {
        int kind = _turn % 2;
        if (kind == 1)
        {
            Collect(result);
        }

        bool isMeasured = _turn >= WarmUp;
        _frames[kind] += isMeasured ? 1 : 0;
        TimeSpan turn = Stopwatch.GetElapsedTime(_turnStartedAt);
        if (_turnStartedAt == 0)
        {
            _turnStartedAt = Stopwatch.GetTimestamp();
        }
        else if (turn >= Turn)
        {
            _times[kind] += isMeasured ? turn : TimeSpan.Zero;
            _turn++;
            _turnStartedAt = Stopwatch.GetTimestamp();
            if (_times[0] + _times[1] >= length && _turn % 2 == 0)
            {
                _ended.TrySetResult();
            }
        }
    }

    private void Collect(FrameResult result)
    {
        long chosen = _sink.Chosen;
        long bytes = GC.GetAllocatedBytesForCurrentThread();
        long start = Stopwatch.GetTimestamp();
        _sink.OnFrame(result);
        TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
        if (_turn < WarmUp)
        {
            return;
        }

        _inSink += elapsed;
        if (_sink.Chosen == chosen)
        {
            _bytesNotChosen += GC.GetAllocatedBytesForCurrentThread() - bytes;
            _notChosen++;
        }
    }

    private async Task RunPipelineAsync(
        AgentConfiguration configuration,
        LoadedModel loaded,
        CancellationToken ct
    )
    {
        ModelManifest manifest = loaded.Detector.Manifest;
        TrackingSink tracking = new(
            configuration,
            manifest.Labels,
            loaded.Detector.MaxDetections,
            new TrackEventQueue(),
            TimeProvider.System
        );
        VideoPipeline pipeline = new(
            configuration.Cameras,
            loaded,
            new ProfileSelection(
                [
                    new Profile(
                        "benchmark",
                        size,
                        manifest.Thresholds.Score,
                        manifest.Thresholds.Nms,
                        null
                    ),
                ],
                0
            ),
            [tracking, this],
            [],
            TimeProvider.System,
            NullLoggerFactory.Instance,
            (float)configuration.Tracking.LowScore
        );
        await using (pipeline.ConfigureAwait(false))
        {
            await pipeline.StartAsync(ct).ConfigureAwait(false);
            Task first = await Task.WhenAny(_ended.Task, pipeline.Completion)
                .WaitAsync(ct)
                .ConfigureAwait(false);
            await first.ConfigureAwait(false);
        }
    }

    private AgentConfiguration Configuration(string state) =>
        new()
        {
            Agent = new AgentOptions { Id = "benchmark" },
            StateDirectory = state,
            Model = new ModelOptions { Path = model },
            Profile = "benchmark",
            Cameras =
            [
                new CameraOptions
                {
                    Id = "camera-0",
                    Source = video,
                    RealTime = false,
                },
            ],
            Footage = new FootageOptions
            {
                Enabled = true,
                Budget = new FootageBudgetOptions
                {
                    MbPerDay = Unlimited,
                    MaxMb = Unlimited,
                    MinFreeMb = 0,
                },
            },
        };
}

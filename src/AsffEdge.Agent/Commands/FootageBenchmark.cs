using System.Diagnostics;
using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Footage;
using AsffEdge.Agent.Health;
using AsffEdge.Agent.Models;
using AsffEdge.Agent.Pipeline;
using AsffEdge.Agent.Tracking;
using AsffEdge.Detection;
using Microsoft.Extensions.Logging.Abstractions;

namespace AsffEdge.Agent.Commands;

/// <summary>
/// Measures what collecting costs the pipeline: one camera as fast as it is inferred, tracking on, in turns with and without collecting. No
/// budget holds anything back, so it costs as much as it ever can.
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
)
{
    private const int Unlimited = 1 << 20;

    private FootageSink _sink = null!;
    private TimeSpan _inSink;
    private long _bytesNotChosen;
    private long _notChosen;

    /// <summary>Measures.</summary>
    /// <param name="ct">Ends it early.</param>
    /// <exception cref="ModelException">The model cannot be used.</exception>
    /// <exception cref="FormatException">The model does not take the size; the message names those it takes.</exception>
    public async Task<FootageBenchmarkReport> RunAsync(CancellationToken ct)
    {
        DirectoryInfo state = Directory.CreateTempSubdirectory("asff-edge-benchmark-");
        try
        {
            using LoadedModel loaded = PipelineTurns.Open(model, size, threads);
            ModelManifest manifest = loaded.Detector.Manifest;
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
            PipelineTurns turns = new(2, length, OnFrame);
            await turns
                .RunAsync(
                    configuration.Cameras,
                    loaded,
                    size,
                    (float)configuration.Tracking.LowScore,
                    new TrackingSink(
                        configuration,
                        manifest.Labels,
                        loaded.Detector.MaxDetections,
                        new TrackEventQueue(),
                        TimeProvider.System
                    ),
                    ct
                )
                .ConfigureAwait(false);
            await writer.StopAsync(ct).ConfigureAwait(false);
            return new FootageBenchmarkReport(
                size,
                turns.Fps(0),
                turns.Fps(1),
                turns.Fps(1) / turns.Fps(0),
                _inSink.TotalMicroseconds / turns.Frames(1),
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

    private void OnFrame(PipelineTurn turn, FrameResult result)
    {
        if (turn.Kind == 0)
        {
            return;
        }

        long chosen = _sink.Chosen;
        long bytes = GC.GetAllocatedBytesForCurrentThread();
        long start = Stopwatch.GetTimestamp();
        _sink.OnFrame(result);
        TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
        if (!turn.IsMeasured)
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

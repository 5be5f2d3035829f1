using System.Diagnostics;
using System.Runtime.CompilerServices;
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
/// Measures what collecting and sending footage cost the pipeline: one camera as fast as it is inferred, tracking on, in turns without both, with
/// collecting, and with both. No budget holds anything back, and there is always something to send.
/// </summary>
/// <param name="arguments">What is run.</param>
/// <param name="kbPerS">Kilobytes (1000 bytes) sent a second at most; 0: as fast as it goes.</param>
internal sealed class FootageBenchmark(TurnsArguments arguments, int kbPerS)
{
    private const int Collecting = 1;
    private const int Sending = 2;
    private const int Unlimited = 1 << 20;

    private FootageSink _sink = null!;
    private UploadTurns _upload = null!;
    private TimeSpan _inSink;
    private long _bytesNotChosen;
    private long _notChosen;

    /// <summary>Measures.</summary>
    /// <param name="ct">Ends it early.</param>
    /// <exception cref="ModelException">The model cannot be used.</exception>
    /// <exception cref="Footage.Upload.UploadException">Nothing could be sent.</exception>
    /// <exception cref="FormatException">The model does not take the size; the message names those it takes.</exception>
    public async Task<IBenchmarkReport> RunAsync(CancellationToken ct)
    {
        DirectoryInfo state = Directory.CreateTempSubdirectory("asff-edge-benchmark-");
        try
        {
            using LoadedModel loaded = PipelineTurns.Open(arguments);
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
            UploadTurns upload = await UploadTurns
                .StartAsync(
                    Path.Combine(state.FullName, "backlog"),
                    configuration.Footage.Budget,
                    kbPerS,
                    ct
                )
                .ConfigureAwait(false);
            await using ConfiguredAsyncDisposable stopping = upload.ConfigureAwait(false);
            _upload = upload;
            await writer.StartAsync(ct).ConfigureAwait(false);
            PipelineTurns turns = new(3, arguments.Length, OnFrame);
            await turns
                .RunAsync(
                    configuration.Cameras,
                    loaded,
                    arguments.Size,
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
            await upload.StopAsync().ConfigureAwait(false);
            return new FootageBenchmarkReport(
                arguments.Size,
                turns.Fps(0),
                turns.Fps(Collecting),
                turns.Fps(Collecting) / turns.Fps(0),
                turns.Fps(Sending),
                turns.Fps(Sending) / turns.Fps(0),
                upload.Bytes / 1e6,
                kbPerS,
                turns.Lasted(Sending).TotalSeconds,
                _inSink.TotalMicroseconds / (turns.Frames(Collecting) + turns.Frames(Sending)),
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
        _upload.Enter(turn.Kind == Sending, turn.IsMeasured);
        if (turn.Kind == 0)
        {
            return;
        }

        long chosen = _sink.Chosen;
        AllocationReading reading = AllocationReading.Begin();
        long start = Stopwatch.GetTimestamp();
        _sink.OnFrame(result);
        TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
        long? bytes = reading.End();
        if (!turn.IsMeasured)
        {
            return;
        }

        _inSink += elapsed;
        if (_sink.Chosen == chosen)
        {
            _bytesNotChosen += bytes ?? 0;
            _notChosen++;
        }
    }

    private AgentConfiguration Configuration(string state) =>
        new()
        {
            Agent = new AgentOptions { Id = "benchmark" },
            StateDirectory = state,
            Model = new ModelOptions { Path = arguments.Model },
            Profile = "benchmark",
            Cameras =
            [
                new CameraOptions
                {
                    Id = "camera-0",
                    Source = arguments.Video,
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

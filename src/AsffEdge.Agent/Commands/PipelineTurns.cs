using System.Diagnostics;
using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Models;
using AsffEdge.Agent.Pipeline;
using AsffEdge.Control.Profiles;
using AsffEdge.Detection;
using Microsoft.Extensions.Logging.Abstractions;

namespace AsffEdge.Agent.Commands;

/// <summary>
/// Runs the pipeline with one camera as fast as it is inferred, in turns of several kinds, so that a machine that gets slower meanwhile does so for
/// all of them.
/// </summary>
/// <param name="kinds">How many kinds of turns; the first is the one that the others are compared with.</param>
/// <param name="length">How long all turns that are measured last.</param>
/// <param name="onFrame">Does what the kind of turn it is given is about. Inference thread only.</param>
internal sealed class PipelineTurns(
    int kinds,
    TimeSpan length,
    Action<PipelineTurn, FrameResult> onFrame
) : IFrameResultSink
{
    // Long enough for what a turn hands to other threads to be done within it.
    private static readonly TimeSpan Turn = TimeSpan.FromSeconds(2);

    private readonly TaskCompletionSource _ended = new(
        TaskCreationOptions.RunContinuationsAsynchronously
    );
    private readonly long[] _frames = new long[kinds];
    private readonly TimeSpan[] _times = new TimeSpan[kinds];
    private long _turnStartedAt;
    private int _turn;

    // In its first turn code of a kind is compiled that runs for the first time: a day has one such second.
    private PipelineTurn Now => new(_turn % kinds, _turn >= kinds);

    /// <summary>Frames inferred in the measured turns of a kind.</summary>
    public long Frames(int kind) => _frames[kind];

    /// <summary>How long the measured turns of a kind lasted.</summary>
    public TimeSpan Lasted(int kind) => _times[kind];

    /// <summary>Frames a second in the measured turns of a kind.</summary>
    public double Fps(int kind) => _frames[kind] / _times[kind].TotalSeconds;

    /// <summary>Opens a model, warm at its size.</summary>
    /// <exception cref="ModelException">The model cannot be used.</exception>
    /// <exception cref="FormatException">The model does not take the size; the message names those it takes.</exception>
    public static LoadedModel Open(TurnsArguments arguments)
    {
        int size = arguments.Size;
        LoadedModel loaded = new(
            Detector.Open(arguments.Model, new DetectorOptions { Threads = arguments.Threads })
        );
        ModelManifest manifest = loaded.Detector.Manifest;
        if (!manifest.Input.Allows(size))
        {
            loaded.Dispose();
            throw new FormatException(
                $"size {size}: this model takes {manifest.Input.DescribeSizes()}"
            );
        }

        loaded.Detector.Warm(size);
        return loaded;
    }

    /// <summary>Runs all turns.</summary>
    /// <param name="cameras">The camera.</param>
    /// <param name="loaded">The model.</param>
    /// <param name="size">Network input size in pixels.</param>
    /// <param name="lowScore">What weak objects are looked for.</param>
    /// <param name="first">Gets every frame first, in every turn.</param>
    /// <param name="ct">Ends it early.</param>
    public async Task RunAsync(
        IReadOnlyList<CameraOptions> cameras,
        LoadedModel loaded,
        int size,
        float lowScore,
        IFrameResultSink first,
        CancellationToken ct
    )
    {
        ModelManifest manifest = loaded.Detector.Manifest;
        VideoPipeline pipeline = new(
            cameras,
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
            [first, this],
            [],
            TimeProvider.System,
            NullLoggerFactory.Instance,
            lowScore
        );
        await using (pipeline.ConfigureAwait(false))
        {
            await pipeline.StartAsync(ct).ConfigureAwait(false);
            Task ended = await Task.WhenAny(_ended.Task, pipeline.Completion)
                .WaitAsync(ct)
                .ConfigureAwait(false);
            await ended.ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public void OnFrame(FrameResult result)
    {
        PipelineTurn now = Now;
        onFrame(now, result);
        _frames[now.Kind] += now.IsMeasured ? 1 : 0;
        TimeSpan turn = Stopwatch.GetElapsedTime(_turnStartedAt);
        if (_turnStartedAt == 0)
        {
            _turnStartedAt = Stopwatch.GetTimestamp();
        }
        else if (turn >= Turn)
        {
            _times[now.Kind] += now.IsMeasured ? turn : TimeSpan.Zero;
            _turn++;
            _turnStartedAt = Stopwatch.GetTimestamp();
            if (_turn % kinds == 0 && _times.Sum(time => time.TotalSeconds) >= length.TotalSeconds)
            {
                _ended.TrySetResult();
            }
        }
    }
}

using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Models;
using AsffEdge.Agent.Models.Shadow;
using AsffEdge.Agent.Pipeline;
using AsffEdge.Detection;
using AsffEdge.Messaging;

namespace AsffEdge.Agent.Commands;

/// <summary>
/// Measures what a model in the shadow of the one in use costs the pipeline, and what the figures do that are kept of every frame for the day when a
/// model is replaced: one camera as fast as it is inferred, in turns without both, with the figures, and with both. The shadow runs the same model.
/// </summary>
/// <param name="arguments">What is run.</param>
internal sealed class ShadowBenchmark(TurnsArguments arguments)
{
    private const int Figures = 1;
    private const int Shadow = 2;

    private readonly ModelFigures _figures = new(TimeProvider.System);
    private readonly ShadowTap _tap = new();
    private long _bytes;
    private (long Frames, TimeSpan Worked)? _warmedUp;

    /// <summary>Measures.</summary>
    /// <param name="ct">Ends it early.</param>
    /// <exception cref="ModelException">The model cannot be used.</exception>
    /// <exception cref="FormatException">The model does not take the size; the message names those it takes.</exception>
    public async Task<IBenchmarkReport> RunAsync(CancellationToken ct)
    {
        using LoadedModel loaded = PipelineTurns.Open(arguments);
        using LoadedModel beside = PipelineTurns.Open(arguments);
        using ShadowRun run = new(
            beside.Detector,
            loaded.Detector.Manifest.Thresholds,
            TimeProvider.System
        );
        PipelineTurns turns = new(
            3,
            arguments.Length,
            (turn, result) => OnFrame(run, turn, result)
        );
        await turns
            .RunAsync(
                [
                    new CameraOptions
                    {
                        Id = "camera-0",
                        Source = arguments.Video,
                        RealTime = false,
                    },
                ],
                loaded,
                arguments.Size,
                loaded.Detector.Manifest.Thresholds.Score,
                new ShadowTap(),
                ct
            )
            .ConfigureAwait(false);
        if (run.Failure is { } failure)
        {
            throw new ModelException(ModelFault.InferenceFailed, failure);
        }

        ModelShadow seen = run.Seen;
        (long framesBefore, TimeSpan workedBefore) = _warmedUp!.Value;
        return new ShadowBenchmarkReport(
            arguments.Size,
            turns.Fps(0),
            turns.Fps(Figures),
            turns.Fps(Figures) / turns.Fps(0),
            turns.Fps(Shadow),
            turns.Fps(Shadow) / turns.Fps(0),
            turns.Frames(Shadow),
            seen.Frames - framesBefore,
            (run.Worked - workedBefore) / turns.Lasted(Shadow),
            seen.InferenceMsP50,
            seen.CurrentInferenceMsP50,
            _bytes,
            turns.Frames(Figures) + turns.Frames(Shadow)
        );
    }

    private void OnFrame(ShadowRun run, PipelineTurn turn, FrameResult result)
    {
        _tap.Run = turn.Kind == Shadow ? run : null;
        if (turn.IsMeasured)
        {
            _warmedUp ??= (run.Seen.Frames, run.Worked);
        }

        if (turn.Kind == 0)
        {
            return;
        }

        AllocationReading reading = AllocationReading.Begin();
        _figures.Note(result);
        _tap.OnFrame(result);
        if (turn.IsMeasured)
        {
            _bytes += reading.End() ?? 0;
        }
    }
}

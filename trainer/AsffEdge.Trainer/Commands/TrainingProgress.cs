using AsffEdge.Trainer.Evaluation;
using AsffEdge.Trainer.Logging;
using AsffEdge.Trainer.Losses;
using AsffEdge.Trainer.Optimization;
using Spectre.Console;

namespace AsffEdge.Trainer.Commands;

/// <summary>
/// Shows a training and keeps its logs: bars and figures in a terminal, a line an epoch above them (or alone, elsewhere), a CSV row an
/// epoch, TensorBoard events for every step.
/// </summary>
internal sealed class TrainingProgress : IDisposable
{
    // What a crash may cost of the curves; a flush is far cheaper than a step.
    private const int FlushEvery = 10;

    private readonly TrainingConfiguration _configuration;
    private readonly TrainingRun _run;
    private readonly TimeProvider _time = TimeProvider.System;
    private readonly long _started;
    private readonly IAnsiConsole _console;
    private readonly TrainingLog _log;
    private readonly EventFile _events;
    private readonly LiveProgress? _live;
    private LossTerms _epochLoss;
    private LossTerms _lastLoss;
    private double _epochSeconds;
    private int _epochSteps;
    private int _steps;
    private int _epochsDone;
    private (int Epoch, double AP)? _best;
    private StepReport _last;
    private bool _finished;

    /// <summary>Opens the logs and starts to show.</summary>
    /// <param name="configuration">What is trained.</param>
    /// <param name="run">The run, before its first step.</param>
    /// <param name="images">Pictures of the training set.</param>
    /// <param name="folder">The run's folder, which exists.</param>
    /// <param name="device">Where it computes.</param>
    /// <param name="finishedEpochs">Epochs that a resumed run has behind it.</param>
    /// <param name="console">Where to show it; null: standard output.</param>
    /// <exception cref="IOException">A log cannot be written.</exception>
    public TrainingProgress(
        TrainingConfiguration configuration,
        TrainingRun run,
        int images,
        string folder,
        string device,
        int finishedEpochs = 0,
        IAnsiConsole? console = null
    )
    {
        _configuration = configuration;
        _run = run;
        _epochsDone = finishedEpochs;
        _started = _time.GetTimestamp();
        _console =
            console
            ?? AnsiConsole.Create(
                new AnsiConsoleSettings { Out = new TerminalOutput(Console.Out) }
            );
        _log = new TrainingLog(folder, finishedEpochs);
        _events = new EventFile(folder, _time);
        Note(
            $"{run.Network.Variant} on {device}: {images} images, {configuration.Epochs} epochs of {run.StepsPerEpoch} steps, batch {configuration.ImagesPerStep}"
        );
        if (_console.Profile.Capabilities is { Ansi: true, Interactive: true })
        {
            _live = new LiveProgress(_console, configuration.Epochs, run.StepsPerEpoch);
        }
    }

    /// <summary>Takes a step's report.</summary>
    public void OnStep(StepReport step)
    {
        _epochLoss += step.Loss;
        _epochSeconds += step.Seconds;
        _epochSteps++;
        _steps++;
        _last = step;
        _events.Add(
            step.Step,
            ("loss/total", step.Loss.Total),
            ("loss/anchor", step.Loss.Anchor),
            ("loss/iou", step.Loss.Iou),
            ("loss/l1", step.Loss.L1),
            ("loss/objectness", step.Loss.Objectness),
            ("loss/class", step.Loss.Class),
            ("train/learning_rate", step.LearningRate),
            ("train/size", step.Size),
            ("train/images_per_second", _configuration.ImagesPerStep / step.Seconds),
            ("train/wait_share", _run.WaitShare)
        );
        if (_steps % FlushEvery == 0)
        {
            _events.Flush();
        }

        _live?.Update(step.Epoch + 1, step.Step % _run.StepsPerEpoch + 1, Figures());
    }

    /// <summary>Takes the end of an epoch.</summary>
    /// <param name="epoch">Its number, from 1.</param>
    /// <param name="validation">What its weights reach on the validation set; null where that was not measured.</param>
    public void OnEpoch(int epoch, CocoResult? validation = null)
    {
        LossTerms mean = _epochLoss / _epochSteps;
        double rate = _epochSteps * _configuration.ImagesPerStep / _epochSeconds;
        _log.Add(epoch, _last.LearningRate, mean, rate, _epochSeconds, _run.WaitShare, validation);
        if (validation is not null)
        {
            _events.Add(
                _last.Step,
                ("validation/ap", validation.AP),
                ("validation/ap50", validation.AP50)
            );
            _best = _best is { } best && best.AP >= validation.AP ? best : (epoch, validation.AP);
        }

        _events.Flush();
        string reached = validation is null
            ? ""
            : Text($"  AP {validation.AP:F3}, AP50 {validation.AP50:F3}");
        Note(
            Text(
                $"epoch {epoch}/{_configuration.Epochs}  loss {mean.Total:F2} ({Terms(mean)}){reached}  rate {_last.LearningRate:G3}  {rate:F1} img/s, waiting {_run.WaitShare:P0}  left {Clock(Left())}"
            )
        );
        _epochsDone = epoch;
        _lastLoss = mean;
        (_epochLoss, _epochSeconds, _epochSteps) = (default, 0, 0);
    }

    /// <summary>Writes a line that stays: above the bars where there are some.</summary>
    public void Note(string line)
    {
        if (_live is null || _finished)
        {
            // Not through the console, which would break the line at an assumed width.
            _console.Profile.Out.Writer.WriteLine(line);
        }
        else
        {
            _console.Write(new Text($"{line}\n"));
        }
    }

    /// <summary>Takes the bars away and sums up, whether or not the run came to its end.</summary>
    public void Finish()
    {
        if (_finished)
        {
            return;
        }

        _finished = true;
        _live?.Dispose();
        TimeSpan elapsed = _time.GetElapsedTime(_started);
        string loss = _lastLoss == default ? "" : Text($", loss {_lastLoss.Total:F2}");
        string best = _best is { } found
            ? Text($", best AP {found.AP:F3} after epoch {found.Epoch}")
            : "";
        Note(
            Text(
                $"{_epochsDone} of {_configuration.Epochs} epochs: {_steps} steps of {_configuration.ImagesPerStep} images in {Clock(elapsed)}, waited {_run.WaitShare:P1}{loss}{best}"
            )
        );
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Finish();
        _log.Dispose();
        _events.Dispose();
    }

    private static string Text(FormattableString text) => FormattableString.Invariant(text);

    private static string Terms(LossTerms loss) =>
        Text(
            $"anchor {loss.Anchor:F2}, iou {loss.Iou:F2}, l1 {loss.L1:F2}, objectness {loss.Objectness:F2}, class {loss.Class:F2}"
        );

    private static string Clock(TimeSpan time) =>
        Text($"{(int)time.TotalHours}:{time.Minutes:D2}:{time.Seconds:D2}");

    /// <summary>Three lines of at most 80 columns.</summary>
    private string Figures()
    {
        LossTerms mean = _epochLoss / _epochSteps;
        double rate = _epochSteps * _configuration.ImagesPerStep / _epochSeconds;
        double memory = Environment.WorkingSet / 1e9;
        return Text(
            $"""
            loss {_last.Loss.Total:F2}, epoch so far {mean.Total:F2} ({Terms(mean)})
            {rate:F1} img/s, waiting {_run.WaitShare:P1}   {_last.Size} px   learning rate {_last.LearningRate:G3}   memory {memory:F1} GB
            left {Clock(Left())}, running for {Clock(_time.GetElapsedTime(_started))}
            """
        );
    }

    /// <summary>What the remaining steps take at the pace so far, saving and validation included.</summary>
    private TimeSpan Left()
    {
        double remaining = ((double)_configuration.Epochs * _run.StepsPerEpoch) - _last.Step - 1;
        return _time.GetElapsedTime(_started) / _steps * remaining;
    }
}

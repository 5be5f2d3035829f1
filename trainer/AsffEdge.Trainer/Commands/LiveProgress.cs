using Spectre.Console;

namespace AsffEdge.Trainer.Commands;

/// <summary>Progress bars and figures at the foot of a terminal, drawn by their own thread at a steady rate, so that long steps and short ones look alike.</summary>
internal sealed class LiveProgress : IDisposable
{
    private static readonly TimeSpan RefreshRate = TimeSpan.FromMilliseconds(250);

    private readonly TaskCompletionSource _ended = new();
    private readonly Task _shown;
    private ProgressTask? _epochs;
    private ProgressTask? _steps;
    private volatile string _figures = "";

    /// <summary>Starts to draw.</summary>
    /// <param name="console">A terminal; lines written to it appear above the bars.</param>
    /// <param name="epochs">Epochs of the run.</param>
    /// <param name="steps">Steps of an epoch.</param>
    public LiveProgress(IAnsiConsole console, int epochs, int steps)
    {
        Progress progress = console.Progress();
        progress.RefreshRate = RefreshRate;
        _shown = progress
            .Columns(
                new TaskDescriptionColumn { Alignment = Justify.Left },
                new ProgressBarColumn(),
                new PercentageColumn()
            )
            .AutoRefresh(true)
            .AutoClear(true)
            .UseRenderHook((bars, _) => new Rows(bars, new Text(_figures)))
            .StartAsync(context =>
            {
                _epochs = context.AddTask("epoch", maxValue: epochs);
                _steps = context.AddTask("step", maxValue: steps);
                return _ended.Task;
            });
    }

    /// <summary>Shows where the run is.</summary>
    /// <param name="epoch">The epoch that runs, from 1.</param>
    /// <param name="step">Steps of it that are done.</param>
    /// <param name="figures">Lines to show under the bars.</param>
    public void Update(int epoch, int step, string figures)
    {
        Set(_epochs, "epoch", epoch - 1 + (step / (_steps?.MaxValue ?? 1)), epoch);
        Set(_steps, "step", step, step);
        _figures = figures;
    }

    /// <summary>Takes the bars away.</summary>
    public void Dispose()
    {
        _ended.TrySetResult();
        _shown.GetAwaiter().GetResult();
    }

    private static void Set(ProgressTask? task, string name, double value, int shown)
    {
        if (task is not null)
        {
            task.Value = value;
            task.Description = $"{name} {shown}/{task.MaxValue}";
        }
    }
}

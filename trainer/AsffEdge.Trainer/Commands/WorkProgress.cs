using System.Diagnostics;
using System.Globalization;
using Spectre.Console;

namespace AsffEdge.Trainer.Commands;

/// <summary>Progress of long work: a bar for each part in a terminal, elsewhere a line for each part that is done.</summary>
internal static class WorkProgress
{
    private const int TableWidth = 100;

    /// <summary>A console for a command's output; as wide as the tables are made for where it is no terminal.</summary>
    public static IAnsiConsole Open(TextWriter output)
    {
        IAnsiConsole console = AnsiConsole.Create(
            new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) }
        );
        if (!console.Profile.Out.IsTerminal)
        {
            console.Profile.Width = TableWidth;
        }

        return console;
    }

    /// <summary>Runs work that tells how far it is.</summary>
    /// <typeparam name="T">What comes out.</typeparam>
    /// <param name="console">Where to show it.</param>
    /// <param name="parts">Names of the parts.</param>
    /// <param name="work">Calls what it is given with a part's number and the share of it that is done, 0..1.</param>
    public static T Run<T>(
        IAnsiConsole console,
        IReadOnlyList<string> parts,
        Func<Action<int, double>, T> work
    )
    {
        if (console.Profile.Capabilities is { Ansi: true, Interactive: true })
        {
            return console
                .Progress()
                .AutoClear(true)
                .Columns(
                    new TaskDescriptionColumn { Alignment = Justify.Left },
                    new ProgressBarColumn(),
                    new PercentageColumn(),
                    new RemainingTimeColumn()
                )
                .Start(context =>
                {
                    ProgressTask[] bars =
                    [
                        .. parts.Select(part => context.AddTask(Markup.Escape(part), maxValue: 1)),
                    ];
                    return work((part, share) => bars[part].Value = share);
                });
        }

        long started = Stopwatch.GetTimestamp();
        return work(
            (part, share) =>
            {
                if (share >= 1)
                {
                    console.WriteLine(
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"{parts[part]}: done after {Stopwatch.GetElapsedTime(started).TotalSeconds:F1} s"
                        )
                    );
                }
            }
        );
    }
}

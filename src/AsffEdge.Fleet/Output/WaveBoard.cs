using System.Globalization;
using Spectre.Console;

namespace AsffEdge.Fleet.Output;

/// <summary>A table that moves, with a row for each wave of a roll-out: how many agents have come to what.</summary>
internal static class WaveBoard
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    /// <summary>Redraws a table until <paramref name="ended"/> completes.</summary>
    public static Task ShowAsync(IAnsiConsole console, Func<Table> draw, Task ended) =>
        console
            .Live(draw())
            .StartAsync(async live =>
            {
                while (!ended.IsCompleted)
                {
                    live.UpdateTarget(draw());
                    await Task.WhenAny(ended, Task.Delay(Interval)).ConfigureAwait(false);
                }

                live.UpdateTarget(draw());
            });

    /// <summary>A table without rows, with a column for each outcome.</summary>
    public static Table New(IEnumerable<string> outcomes)
    {
        Table table = new Table().Border(TableBorder.None);
        foreach (string title in (string[])["wave", "agents", .. outcomes])
        {
            TableColumn column = new TableColumn(title).Padding(0, 0, 2, 0).NoWrap();
            table.AddColumn(title == "wave" ? column : column.RightAligned());
        }

        return table;
    }

    /// <summary>Adds a row; an outcome that no agent has come to stays empty.</summary>
    public static void Add(Table table, string title, int agents, IEnumerable<int> counts) =>
        table.AddRow([
            title,
            Number(agents),
            .. counts.Select(count => count > 0 ? Number(count) : ""),
        ]);

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}

using System.Globalization;
using AsffEdge.Fleet.Rollouts;
using Spectre.Console;

namespace AsffEdge.Fleet.Output;

/// <summary>A roll-out as a table that moves: a row for each wave.</summary>
internal static class RolloutBoard
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private static readonly (string Title, Func<AgentOutcome, bool> IsCounted)[] Columns =
    [
        ("done", outcome => outcome == AgentOutcome.Done),
        ("settling", outcome => outcome == AgentOutcome.Pending),
        ("waiting", outcome => outcome == AgentOutcome.Waiting),
        ("failed", outcome => outcome.IsFailure()),
        ("offline", outcome => outcome == AgentOutcome.Offline),
        ("overridden", outcome => outcome == AgentOutcome.Overridden),
    ];

    /// <summary>Redraws the table until <paramref name="ended"/> completes.</summary>
    public static Task ShowAsync(IAnsiConsole console, Rollout rollout, Task ended) =>
        console
            .Live(Of(rollout))
            .StartAsync(async live =>
            {
                while (!ended.IsCompleted)
                {
                    live.UpdateTarget(Of(rollout));
                    await Task.WhenAny(ended, Task.Delay(Interval)).ConfigureAwait(false);
                }

                live.UpdateTarget(Of(rollout));
            });

    /// <summary>The table as it stands.</summary>
    public static Table Of(Rollout rollout)
    {
        Table table = new Table().Border(TableBorder.None);
        foreach (
            string title in (string[])["wave", "agents", .. Columns.Select(column => column.Title)]
        )
        {
            TableColumn column = new TableColumn(title).Padding(0, 0, 2, 0).NoWrap();
            table.AddColumn(title == "wave" ? column : column.RightAligned());
        }

        for (int wave = 0; wave < rollout.Plan.Waves.Count; wave++)
        {
            Add(
                table,
                FormattableString.Invariant($"{wave + 1} of {rollout.Plan.Waves.Count}"),
                rollout.Plan.Waves[wave].Targets.Count,
                rollout.Forward,
                wave
            );
        }

        if (rollout.Undo is { } undo)
        {
            Add(table, "undo", undo.Count(_ => true), undo, 0);
        }

        return table;
    }

    private static void Add(
        Table table,
        string title,
        int agents,
        RolloutTracker tracker,
        int wave
    ) =>
        table.AddRow([
            title,
            Number(agents),
            .. Columns.Select(column =>
                tracker.Count(column.IsCounted, wave) is > 0 and var count ? Number(count) : ""
            ),
        ]);

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}

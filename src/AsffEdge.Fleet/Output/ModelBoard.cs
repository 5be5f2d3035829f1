using System.Globalization;
using AsffEdge.Fleet.Models;
using Spectre.Console;

namespace AsffEdge.Fleet.Output;

/// <summary>The roll-out of a model as a table that moves: a row for each wave.</summary>
internal static class ModelBoard
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private static readonly (string Title, Func<ModelOutcome, bool> IsCounted)[] Columns =
    [
        ("fetching", outcome => outcome == ModelOutcome.Staging),
        ("staged", outcome => outcome == ModelOutcome.Staged),
        ("shadow", outcome => outcome == ModelOutcome.Activating),
        ("settling", outcome => outcome == ModelOutcome.Settling),
        ("done", outcome => outcome == ModelOutcome.Done),
        ("failed", outcome => outcome.IsFailure()),
        ("offline", outcome => outcome == ModelOutcome.Offline),
    ];

    /// <summary>Redraws the table until <paramref name="ended"/> completes.</summary>
    public static Task ShowAsync(IAnsiConsole console, ModelRollout rollout, Task ended) =>
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
    public static Table Of(ModelRollout rollout)
    {
        Table table = new Table().Border(TableBorder.None);
        foreach (
            string title in (string[])["wave", "agents", .. Columns.Select(column => column.Title)]
        )
        {
            TableColumn column = new TableColumn(title).Padding(0, 0, 2, 0).NoWrap();
            table.AddColumn(title == "wave" ? column : column.RightAligned());
        }

        ILookup<int, ModelOutcome> outcomes = rollout.Results.ToLookup(
            result => result.Wave,
            result => result.Outcome
        );
        for (int wave = 1; wave <= rollout.Waves.Count; wave++)
        {
            table.AddRow([
                FormattableString.Invariant($"{wave} of {rollout.Waves.Count}"),
                Number(rollout.Waves[wave - 1].Count),
                .. Columns.Select(column =>
                    outcomes[wave].Count(column.IsCounted) is > 0 and var count ? Number(count) : ""
                ),
            ]);
        }

        return table;
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}

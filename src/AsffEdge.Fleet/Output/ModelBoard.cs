using AsffEdge.Fleet.Models;
using Spectre.Console;

namespace AsffEdge.Fleet.Output;

/// <summary>The roll-out of a model as a table that moves: a row for each wave.</summary>
internal static class ModelBoard
{
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
        WaveBoard.ShowAsync(console, () => Of(rollout), ended);

    /// <summary>The table as it stands.</summary>
    public static Table Of(ModelRollout rollout)
    {
        Table table = WaveBoard.New(Columns.Select(column => column.Title));
        ILookup<int, ModelOutcome> outcomes = rollout.Results.ToLookup(
            result => result.Wave,
            result => result.Outcome
        );
        for (int wave = 1; wave <= rollout.Waves.Count; wave++)
        {
            WaveBoard.Add(
                table,
                FormattableString.Invariant($"{wave} of {rollout.Waves.Count}"),
                rollout.Waves[wave - 1].Count,
                Columns.Select(column => outcomes[wave].Count(column.IsCounted))
            );
        }

        return table;
    }
}

using AsffEdge.Fleet.Rollouts;
using Spectre.Console;

namespace AsffEdge.Fleet.Output;

/// <summary>A roll-out as a table that moves: a row for each wave.</summary>
internal static class RolloutBoard
{
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
        WaveBoard.ShowAsync(console, () => Of(rollout), ended);

    /// <summary>The table as it stands.</summary>
    public static Table Of(Rollout rollout)
    {
        Table table = WaveBoard.New(Columns.Select(column => column.Title));
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
        WaveBoard.Add(
            table,
            title,
            agents,
            Columns.Select(column => tracker.Count(column.IsCounted, wave))
        );
}

using System.Globalization;
using AsffEdge.Fleet.Rollouts;
using Spectre.Console;

namespace AsffEdge.Fleet.Output;

/// <summary>What a roll-out came to, for people: the counts, and a table of the agents that are not done.</summary>
internal static class RolloutSummary
{
    /// <summary>Writes it.</summary>
    public static void Write(IAnsiConsole console, RolloutPlan plan, RolloutResult result)
    {
        string counts = RolloutText.Counts(outcome =>
            result.Agents.Count(agent => agent.Outcome == outcome)
        );
        console.WriteLine(
            $"profile {RolloutText.Change(plan.Change.Profile, plan.Change.Only, plan.Change.Cameras)}: {counts}"
        );
        console.WriteLine(RolloutText.End(result.End));
        foreach (string problem in result.Problems)
        {
            console.WriteLine(problem);
        }

        AgentResult[] notDone =
        [
            .. result.Agents.Where(agent =>
                agent.Outcome is not (AgentOutcome.Done or AgentOutcome.NotTold)
                || agent.Undo is { Outcome: not AgentOutcome.Done }
            ),
        ];
        if (notDone.Length > 0)
        {
            console.Write(Table(notDone, hasUndo: notDone.Any(agent => agent.Undo is not null)));
        }
    }

    private static Table Table(IEnumerable<AgentResult> agents, bool hasUndo)
    {
        Table table = new Table().Border(TableBorder.Simple);
        string[] titles = ["agent", "wave", "outcome", "why"];
        foreach (string title in hasUndo ? [.. titles, "undo"] : titles)
        {
            table.AddColumn(new TableColumn(title).Padding(0, 0, 2, 0));
        }

        foreach (AgentResult agent in agents)
        {
            Text[] row =
            [
                new(agent.Agent),
                new(agent.Wave.ToString(CultureInfo.InvariantCulture)),
                new(
                    RolloutText.Outcome(agent.Outcome),
                    agent.Outcome.IsFailure() ? new Style(Color.Yellow) : Style.Plain
                ),
                new(RolloutText.Why(agent)),
            ];
            Text undo = new(
                agent.Undo is { } undone
                    ? string.Join(
                        ": ",
                        new[]
                        {
                            RolloutText.Outcome(undone.Outcome),
                            RolloutText.Why(undone),
                        }.Where(text => text.Length > 0)
                    )
                    : AgentText.Nothing
            );
            table.AddRow(hasUndo ? [.. row, undo] : row);
        }

        return table;
    }
}

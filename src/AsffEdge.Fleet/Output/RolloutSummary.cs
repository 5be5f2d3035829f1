using System.Globalization;
using AsffEdge.Fleet.Rollouts;
using Spectre.Console;

namespace AsffEdge.Fleet.Output;

/// <summary>What a roll-out came to, for people: the counts, and a table of the agents that somebody may have to look at.</summary>
internal static class RolloutSummary
{
    /// <summary>Writes it to standard output.</summary>
    public static void Write(RolloutPlan plan, RolloutResult result)
    {
        string counts = RolloutText.Counts(outcome =>
            result.Agents.Count(agent => agent.Outcome == outcome)
        );
        List<string> lines =
        [
            $"profile {RolloutText.Change(plan.Change.Profile, plan.Change.Only, plan.Change.Cameras)}: {counts}",
            RolloutText.End(result.End),
            .. result.Problems,
        ];
        foreach (string line in lines)
        {
            Console.Out.WriteLine(line);
        }

        AgentResult[] shown =
        [
            .. result.Agents.Where(agent =>
                agent.Undo is { } undo
                    ? undo.Outcome != AgentOutcome.Done || agent.Outcome.IsFailure()
                    : agent.Outcome is not (AgentOutcome.Done or AgentOutcome.NotTold)
            ),
        ];
        if (shown.Length > 0)
        {
            FleetConsole.Write(_ => Table(shown));
        }
    }

    // Why is worth several lines, so this is no table that cuts.
    private static Table Table(IReadOnlyList<AgentResult> agents)
    {
        bool hasUndo = agents.Any(agent => agent.Undo is not null);
        string[] titles = hasUndo
            ? ["agent", "wave", "outcome", "undo", "why"]
            : ["agent", "wave", "outcome", "why"];
        Table table = new Table().Border(TableBorder.None).HideHeaders();
        foreach (string title in titles)
        {
            TableColumn column = new TableColumn("").Padding(0, 0, title == "why" ? 0 : 2, 0);
            table.AddColumn(title == "why" ? column : column.NoWrap());
        }

        table.AddRow(
            titles.Select(title => new Text(title, new Style(decoration: Decoration.Bold)))
        );
        foreach (AgentResult agent in agents)
        {
            Style style = agent.Outcome.IsFailure() ? new Style(Color.Red) : Style.Plain;
            string[] cells =
            [
                agent.Agent,
                agent.Wave.ToString(CultureInfo.InvariantCulture),
                RolloutText.Outcome(agent.Outcome),
                .. hasUndo ? [Undo(agent)] : Array.Empty<string>(),
                Why(agent),
            ];
            table.AddRow(cells.Select(cell => new Text(cell, style)));
        }

        return table;
    }

    private static string Undo(AgentResult agent) =>
        agent.Undo is { } undo ? RolloutText.Outcome(undo.Outcome) : AgentText.Nothing;

    private static string Why(AgentResult agent) =>
        string.Join(
            "; undo: ",
            new[]
            {
                RolloutText.Why(agent),
                agent.Undo is { } undo ? RolloutText.Why(undo) : "",
            }.Where(why => why.Length > 0)
        );
}

using System.Globalization;
using AsffEdge.Fleet.Rollouts;
using AsffEdge.Fleet.State;
using AsffEdge.Messaging;
using Spectre.Console;

namespace AsffEdge.Fleet.Output;

/// <summary>A plan for people.</summary>
internal static class PlanTable
{
    /// <summary>A plan in one line: <c>profile fast: 12 agents (1 offline) in 3 waves: 1, 3, 8</c>.</summary>
    public static string Summary(RolloutPlan plan, Func<string, FleetAgent?> find)
    {
        ProfileChange change = plan.Change;
        int agents = plan.Targets.Count();
        int offline = plan.Targets.Count(target => find(target.Agent)?.IsOnline != true);
        string text =
            $"profile {RolloutText.Change(change.Profile, change.Only, change.Cameras)}: {RolloutText.Agents(agents)}";
        if (offline > 0)
        {
            text += FormattableString.Invariant($" ({offline} offline)");
        }

        string[] groups =
        [
            .. plan.Orders.Where(order => order.IsGroup).Select(order => order.Name),
        ];
        if (groups.Length > 0)
        {
            text += $" by the document of {string.Join(", ", groups)}";
        }

        return plan.Waves.Count > 1
            ? text
                + FormattableString.Invariant($" in {plan.Waves.Count} waves: ")
                + string.Join(", ", plan.Waves.Select(wave => wave.Targets.Count))
            : text;
    }

    /// <summary>Who would be told what.</summary>
    public static Table Of(RolloutPlan plan, Func<string, FleetAgent?> find)
    {
        Table table = new Table().Border(TableBorder.Simple);
        foreach (string title in (string[])["wave", "agent", "state", "runs", "document"])
        {
            table.AddColumn(new TableColumn(title).Padding(0, 0, 2, 0));
        }

        for (int wave = 0; wave < plan.Waves.Count; wave++)
        {
            foreach (Target target in plan.Waves[wave].Targets)
            {
                FleetAgent? agent = find(target.Agent);
                table.AddRow(
                    new Text((wave + 1).ToString(CultureInfo.InvariantCulture)),
                    new Text(target.Agent),
                    new Text(agent is null ? AgentText.Nothing : AgentText.State(agent)),
                    new Text(agent is null ? AgentText.Nothing : AgentText.Profiles(agent)),
                    new Text(Describe(target.Order))
                );
            }
        }

        return table;
    }

    private static string Describe(Order order)
    {
        DesiredDocument document = order.Document;
        string text = RolloutText.Change(
            document.Profile,
            null,
            document.Cameras?.ToDictionary(
                camera => camera.Key,
                camera => camera.Value.Profile,
                StringComparer.Ordinal
            )
        );
        if (document.Profiles is { } profiles)
        {
            text += $"; adds {string.Join(", ", profiles.Keys)}";
        }

        return order.IsGroup ? $"{order.Source}: {text}" : text;
    }
}

using System.Globalization;
using AsffEdge.Fleet.Rollouts;
using AsffEdge.Fleet.State;
using AsffEdge.Messaging;
using Spectre.Console;

namespace AsffEdge.Fleet.Output;

/// <summary>A plan for people.</summary>
internal static class PlanTable
{
    private static readonly FittedColumn[] Columns =
    [
        new("wave", 0),
        new("agent", 0),
        new("state", 0),
        new("runs", 1),
        new("document", 0),
    ];

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

    /// <summary>Who would be told what, not wider than <paramref name="width"/>.</summary>
    public static Table Of(RolloutPlan plan, Func<string, FleetAgent?> find, int width) =>
        FittedTable.Of(
            Columns,
            [
                .. plan.Waves.SelectMany(
                    (wave, index) =>
                        wave.Targets.Select(target => Row(index, target, find(target.Agent)))
                ),
            ],
            width
        );

    private static FittedRow Row(int wave, Target target, FleetAgent? agent) =>
        new(
            [
                (wave + 1).ToString(CultureInfo.InvariantCulture),
                target.Agent,
                agent is null ? AgentText.Nothing : AgentText.State(agent),
                agent is null ? AgentText.Nothing : AgentText.Profiles(agent),
                Describe(target.Order),
            ],
            Style.Plain
        );

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

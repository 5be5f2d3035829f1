using AsffEdge.Fleet.State;
using Spectre.Console;

namespace AsffEdge.Fleet.Output;

/// <summary>Agents as a table, a row each.</summary>
internal static class AgentTable
{
    private static readonly (string Title, Func<FleetAgent, string> Text)[] Columns =
    [
        ("agent", agent => agent.Id),
        ("state", AgentText.State),
        ("version", agent => agent.Info?.Version ?? AgentText.Nothing),
        (
            "groups",
            agent => agent.Groups.Count > 0 ? string.Join(", ", agent.Groups) : AgentText.Nothing
        ),
        ("profile", AgentText.Profiles),
        ("size", AgentText.Sizes),
        ("rev", AgentText.Revision),
        ("report", AgentText.Outcome),
        ("cameras", AgentText.Cameras),
        ("fps", AgentText.Fps),
    ];

    /// <summary>The table of <paramref name="agents"/>, in their order.</summary>
    public static Table Of(IEnumerable<FleetAgent> agents)
    {
        Table table = new Table().Border(TableBorder.Simple);
        foreach ((string title, _) in Columns)
        {
            table.AddColumn(new TableColumn(title).Padding(0, 0, 2, 0));
        }

        foreach (FleetAgent agent in agents)
        {
            table.AddRow([
                .. Columns.Select(column => new Text(column.Text(agent), Colour(agent))),
            ]);
        }

        return table;
    }

    private static Style Colour(FleetAgent agent) =>
        !agent.IsOnline ? new Style(Color.Grey)
        : agent.Reported?.Code is { } code && code != Messaging.ResultCode.Ok
            ? new Style(Color.Yellow)
        : Style.Plain;
}

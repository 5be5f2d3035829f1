using AsffEdge.Fleet.State;
using Spectre.Console;

namespace AsffEdge.Fleet.Output;

/// <summary>Agents as a table, a row each.</summary>
internal static class AgentTable
{
    private static readonly (FittedColumn Column, Func<FleetAgent, string> Text)[] Columns =
    [
        (new("agent", 0), agent => agent.Id),
        (new("state", 0), AgentText.State),
        (new("version", 6), AgentText.Version),
        (new("groups", 5), AgentText.Groups),
        (new("profile", 0), AgentText.Profiles),
        (new("size", 2), AgentText.Sizes),
        (new("rev", 3), AgentText.Revision),
        (new("report", 0), AgentText.Outcome),
        (new("cameras", 1), AgentText.Cameras),
        (new("fps", 4), AgentText.Fps),
    ];

    // At the end, where a long one may be cut.
    private static readonly (FittedColumn Column, Func<FleetAgent, string> Text) Health = (
        new("health", 0),
        AgentText.Health
    );

    /// <summary>
    /// The table of <paramref name="agents"/>, in their order, not wider than <paramref name="width"/>; only the first
    /// <paramref name="shown"/>; <paramref name="withHealth"/>: with how they are.
    /// </summary>
    public static Table Of(
        IEnumerable<FleetAgent> agents,
        int width,
        int shown = int.MaxValue,
        bool withHealth = false
    )
    {
        (FittedColumn Column, Func<FleetAgent, string> Text)[] columns = withHealth
            ? [.. Columns, Health]
            : Columns;
        return FittedTable.Of(
            [.. columns.Select(column => column.Column)],
            [
                .. agents.Select(agent => new FittedRow(
                    [.. columns.Select(column => column.Text(agent))],
                    Colour(agent)
                )),
            ],
            width,
            shown
        );
    }

    private static Style Colour(FleetAgent agent) =>
        AgentTrouble.Of(agent) switch
        {
            Trouble.Refused => new Style(Color.Red),
            Trouble.Away => new Style(Color.Grey),
            Trouble.Camera => new Style(Color.Yellow),
            Trouble.Pending => new Style(Color.Blue),
            _ => Style.Plain,
        };
}

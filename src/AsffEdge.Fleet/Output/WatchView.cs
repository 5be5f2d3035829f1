using System.Globalization;
using AsffEdge.Fleet.State;
using AsffEdge.Messaging;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace AsffEdge.Fleet.Output;

/// <summary>A fleet on one screen: the totals, then as many agents as fit, those that need somebody first.</summary>
internal static class WatchView
{
    // Totals, the table's heading and the line about those that do not fit.
    private const int OtherLines = 3;

    /// <summary>The picture, at most <paramref name="height"/> lines of at most <paramref name="width"/> columns.</summary>
    /// <param name="agents">The agents that were asked for, in any order.</param>
    /// <param name="width">Columns there are.</param>
    /// <param name="height">Lines there are, at least 4.</param>
    /// <param name="updated">When the last message came, UTC.</param>
    public static IRenderable Of(
        IReadOnlyList<FleetAgent> agents,
        int width,
        int height,
        DateTime updated
    )
    {
        int room = Math.Max(1, height - OtherLines);
        int shown = Math.Min(agents.Count, room);
        string time = updated.ToString("HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        return new Rows([
            new Text(
                PlainText.Cut($"{time} {Totals(agents)}", width),
                new Style(decoration: Decoration.Bold)
            ),
            AgentTable.Of(AgentTrouble.WorstFirst(agents), width, shown),
            new Text(
                PlainText.Cut(
                    agents.Count == shown
                        ? "Ctrl-C ends"
                        : $"{Count(agents.Count - shown)} more; Ctrl-C ends",
                    width
                ),
                new Style(Color.Grey)
            ),
        ]);
    }

    /// <summary>How many agents are how, in one line.</summary>
    public static string Totals(IReadOnlyList<FleetAgent> agents)
    {
        IEnumerable<string> states = agents
            .CountBy(AgentText.State)
            .OrderByDescending(state => state.Value)
            .ThenBy(state => state.Key, StringComparer.Ordinal)
            .Select(state => $"{Count(state.Value)} {state.Key}");
        IEnumerable<string> reports = agents
            .Where(agent => agent.Reported is { State: not ReportedState.Applied })
            .CountBy(agent => agent.Reported!.State)
            .OrderBy(report => report.Key)
            .Select(report => $"{Count(report.Value)} {ContractName.Of(report.Key)}");
        int delivering = agents.Sum(agent => agent.OnlineCameras);
        int enabled = agents.Sum(agent => agent.EnabledCameras);
        string[] parts =
        [
            .. states,
            .. reports,
            $"{Count(delivering)} of {Count(enabled)} cameras online",
        ];
        return $"{Count(agents.Count)} agents: {string.Join(", ", parts)}";
    }

    private static string Count(int count) => count.ToString("N0", CultureInfo.InvariantCulture);
}

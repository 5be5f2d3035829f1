using System.Globalization;
using AsffEdge.Fleet.State;
using AsffEdge.Messaging;
using Spectre.Console;

namespace AsffEdge.Fleet.Output;

/// <summary>An agent's cameras: what each runs, how fast, and why it does not deliver where it does not.</summary>
internal static class AgentCameras
{
    private static readonly FittedColumn[] Columns =
    [
        new("camera", 0),
        new("state", 0),
        new("profile", 0),
        new("asked for", 3),
        new("size", 0),
        new("fps", 0),
        new("inference ms", 1),
        new("latency p50/p95 ms", 2),
    ];

    /// <summary>A row for each camera, in the order of the agent's configuration.</summary>
    public static Table Table(FleetAgent agent, int width) =>
        FittedTable.Of(Columns, [.. Ids(agent).Select(id => Row(agent, id))], width);

    /// <summary>What is to be said of cameras in sentences.</summary>
    public static IReadOnlyList<(string Camera, string Note)> Notes(FleetAgent agent) =>
        [.. Ids(agent).SelectMany(id => NotesOf(agent, id).Select(note => (id, note)))];

    private static IEnumerable<string> Ids(FleetAgent agent) =>
        (agent.Info?.Cameras.Select(camera => camera.Id) ?? [])
            .Union(agent.Cameras.Keys)
            .Union(agent.Reported?.Cameras.Keys ?? []);

    private static FittedRow Row(FleetAgent agent, string id)
    {
        ReportedCamera? runs = agent.Reported?.Cameras.GetValueOrDefault(id);
        CameraHealth? health = agent.Health?.Cameras.GetValueOrDefault(id);
        string state = State(agent, id);
        return new FittedRow(
            [
                id,
                state,
                runs?.Profile ?? AgentText.Nothing,
                runs is null ? AgentText.Nothing : runs.Requested ?? runs.Profile,
                runs?.Size.ToString(CultureInfo.InvariantCulture) ?? AgentText.Nothing,
                AgentText.Rate(health?.Fps ?? runs?.Fps),
                AgentText.Rate(runs?.InferenceMsP50),
                health?.LatencyMsP50 is { } median
                    ? $"{AgentText.Rate(median)}/{AgentText.Rate(health.LatencyMsP95)}"
                    : AgentText.Nothing,
            ],
            state is "online" or "disabled" ? Style.Plain : new Style(Color.Yellow)
        );
    }

    private static string State(FleetAgent agent, string id) =>
        agent.Cameras.GetValueOrDefault(id)?.State
        ?? (
            agent.Info?.Cameras.FirstOrDefault(camera => camera.Id == id) is { Enabled: false }
                ? "disabled"
                : "unknown"
        );

    private static IEnumerable<string> NotesOf(FleetAgent agent, string id)
    {
        if (agent.Cameras.GetValueOrDefault(id) is { Reason: { } reason } status)
        {
            string detail = status.Detail is null ? "" : $": {status.Detail}";
            yield return $"{reason} since {AgentText.Time(status.Since)}{detail}";
        }

        if (agent.Reported?.Cameras.GetValueOrDefault(id) is { Reason: { } why } runs)
        {
            yield return $"{runs.Profile} since {AgentText.Time(runs.Switched)}: {why}";
        }
    }
}

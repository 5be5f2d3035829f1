using System.Globalization;
using AsffEdge.Fleet.State;
using AsffEdge.Messaging;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace AsffEdge.Fleet.Output;

/// <summary>Everything known of one agent, on one screen.</summary>
internal static class AgentPage
{
    private const int LabelWidth = 9;
    private const int ShaDigits = 8;

    private const double LongestS = 1e10; // three centuries

    /// <summary>The page.</summary>
    /// <param name="agent">The agent.</param>
    /// <param name="groups">The groups' desired documents, by group.</param>
    /// <param name="unreadable">Topics of the agent whose message could not be read, with the reason.</param>
    /// <param name="width">Columns there are.</param>
    /// <param name="now">The time, UTC.</param>
    public static IRenderable Of(
        FleetAgent agent,
        IReadOnlyDictionary<string, DesiredDocument> groups,
        IReadOnlyDictionary<string, string> unreadable,
        int width,
        DateTime now
    ) =>
        new Rows([
            Facts([
                ("agent", agent.Info?.Name is { } name ? $"{agent.Id} ({name})" : agent.Id),
                ("state", State(agent, now)),
                .. Software(agent, now),
                ("groups", AgentText.Groups(agent)),
                .. Models(agent),
                ("profiles", Profiles(agent)),
                ("health", Health(agent)),
                .. Outbox(agent),
            ]),
            Facts(Reasons(agent)),
            Text.Empty,
            AgentCameras.Table(agent, width),
            Facts(AgentCameras.Notes(agent)),
            Text.Empty,
            AgentSources.Table(agent, groups, width),
            Facts(AgentSources.Notes(agent)),
            Facts([.. unreadable.Select(topic => ("unread", $"{topic.Key}: {topic.Value}"))]),
        ]);

    private static IRenderable Facts(IReadOnlyList<(string Label, string Value)> facts)
    {
        if (facts.Count == 0)
        {
            return new Rows();
        }

        Grid grid = new Grid()
            .AddColumn(new GridColumn().NoWrap().Width(LabelWidth).Padding(0, 0, 1, 0))
            .AddColumn(new GridColumn().Padding(0, 0, 0, 0));
        foreach ((string label, string value) in facts)
        {
            grid.AddRow(new Text(label, new Style(Color.Grey)), new Text(PlainText.Clean(value)));
        }

        return grid;
    }

    private static string State(FleetAgent agent, DateTime now)
    {
        if (agent.Status is not { } status)
        {
            return "unknown: it has published no status";
        }

        // The will carries the time of the connection, so of an agent that is away this is all that can be said.
        string since = agent.IsOnline ? "since" : "seen";
        string age =
            now > status.Ts
                ? $" ({AgentText.Span(now - status.Ts)}{(agent.IsOnline ? "" : " ago")})"
                : "";
        return $"{AgentText.State(agent)}, {since} {AgentText.Time(status.Ts)}{age}, boot {status.Boot}";
    }

    private static IEnumerable<(string, string)> Software(FleetAgent agent, DateTime now)
    {
        if (agent.Info is not { } info)
        {
            yield return ("software", "unknown: it has published no info");
            yield break;
        }

        yield return ("software", $"{info.Version}, started {AgentText.Time(info.Started)}");
        yield return ("system", $"{info.Os}, inference on {info.Provider}");
    }

    private static IEnumerable<(string, string)> Models(FleetAgent agent) =>
        (agent.Info?.Models ?? []).Select(model =>
            (
                "model",
                $"{model.Name} {model.Version} ({model.Sha256[..Math.Min(ShaDigits, model.Sha256.Length)]})"
            )
        );

    private static string Profiles(FleetAgent agent) =>
        agent.Info is { Profiles.Count: > 0 } info
            ? string.Join(
                ", ",
                info.Profiles.OrderBy(profile => profile.Value.Size)
                    .ThenBy(profile => profile.Key, StringComparer.Ordinal)
                    .Select(profile =>
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"{profile.Key} {profile.Value.Size}"
                        )
                    )
            )
            : AgentText.Nothing;

    private static string Health(FleetAgent agent)
    {
        if (agent.Health is not { } health)
        {
            return agent.IsOnline
                ? "none came in time; --wait SECONDS waits longer"
                : AgentText.Nothing;
        }

        string[] parts =
        [
            .. health.State is { } state ? [ContractName.Of(state)] : (string[])[],
            $"up {AgentText.Span(Seconds(health.UptimeS))}",
            .. Measured(health.MemoryMb, "0", "MiB of memory"),
            .. Measured(health.TemperatureC, "0.0", "°C"),
            .. Measured(health.DiskFreeMb / 1024, "0.0", "GiB of disk free"),
            $"{health.Published} published",
            $"{health.Dropped} dropped",
        ];
        return $"{string.Join(", ", parts)} ({AgentText.Time(health.Ts)})";
    }

    private static IEnumerable<(string, string)> Outbox(FleetAgent agent)
    {
        if (agent.Health?.Outbox is { } outbox)
        {
            string age = outbox.OldestAgeS is { } seconds
                ? $", the oldest for {AgentText.Span(Seconds(seconds))}"
                : "";
            string problem = outbox.Problem is { } why ? $"; in memory only: {why}" : "";
            yield return ("outbox", $"{outbox.Depth} waiting{age}, {outbox.Dropped} lost{problem}");
        }
    }

    private static IReadOnlyList<(string, string)> Reasons(FleetAgent agent) =>
        [
            .. (agent.Health?.Reasons ?? []).Select(reason =>
                (
                    "trouble",
                    $"{ContractName.Of(reason.Code)} since {AgentText.Time(reason.Since)}: {reason.Detail}. {reason.Advice}"
                )
            ),
        ];

    // What an agent says may be beyond what a time span holds.
    private static TimeSpan Seconds(double seconds) =>
        TimeSpan.FromSeconds(Math.Clamp(seconds, 0, LongestS));

    private static IEnumerable<string> Measured(double? value, string format, string unit)
    {
        if (value is { } measured)
        {
            yield return $"{measured.ToString(format, CultureInfo.InvariantCulture)} {unit}";
        }
    }
}

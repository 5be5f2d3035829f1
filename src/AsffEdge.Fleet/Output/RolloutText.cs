using System.Globalization;
using AsffEdge.Fleet.Rollouts;
using AsffEdge.Messaging;

namespace AsffEdge.Fleet.Output;

/// <summary>A roll-out in few words, as they stand in tables and lines.</summary>
internal static class RolloutText
{
    private static readonly AgentOutcome[] Outcomes = Enum.GetValues<AgentOutcome>();

    /// <summary>An outcome in words.</summary>
    public static string Outcome(AgentOutcome outcome) =>
        ContractName.Of(outcome).Replace('_', ' ');

    /// <summary>What an agent has come to, and why.</summary>
    public static string Line(AgentResult agent) =>
        $"{agent.Agent}: {Outcome(agent.Outcome)}{Why(agent) switch { "" => "", var why => $": {why}" }}";

    /// <summary>Code and detail; empty where there is nothing to explain.</summary>
    public static string Why(AgentResult agent) =>
        PlainText.Clean(
            string.Join(
                ": ",
                new[]
                {
                    agent.Code is { } code ? ContractName.Of(code) : null,
                    agent.Detail,
                }.OfType<string>()
            )
        );

    /// <summary>How many agents have come to what: <c>12 done, 1 rejected</c>.</summary>
    public static string Counts(Func<AgentOutcome, int> count)
    {
        string[] parts =
        [
            .. Outcomes
                .OrderByDescending(outcome => outcome == AgentOutcome.Done)
                .Select(outcome => (outcome, Count: count(outcome)))
                .Where(part => part.Count > 0)
                .Select(part =>
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{part.Count} {Outcome(part.outcome)}"
                    )
                ),
        ];
        return parts.Length > 0 ? string.Join(", ", parts) : "no agents";
    }

    /// <summary>The change: <c>fast, dock-2: accurate</c>; <c>fast on dock-1</c>.</summary>
    public static string Change(
        string profile,
        IReadOnlyCollection<string>? only,
        IReadOnlyDictionary<string, string>? cameras
    ) =>
        string.Join(
            ", ",
            (cameras ?? new Dictionary<string, string>())
                .OrderBy(camera => camera.Key, StringComparer.Ordinal)
                .Select(camera => $"{camera.Key}: {camera.Value}")
                .Prepend(
                    only is { Count: > 0 } ? $"{profile} on {string.Join(", ", only)}" : profile
                )
        );

    /// <summary>So many agents.</summary>
    public static string Agents(int count) =>
        count == 1 ? "1 agent" : string.Create(CultureInfo.InvariantCulture, $"{count} agents");

    /// <summary>A time in seconds.</summary>
    public static string Seconds(TimeSpan time) =>
        string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s");

    /// <summary>How a roll-out ended, as a sentence.</summary>
    public static string End(RolloutEnd end) =>
        end switch
        {
            RolloutEnd.Done => "done",
            RolloutEnd.Incomplete => "everybody was told, and not everybody has settled on it",
            RolloutEnd.Stopped => "stopped; what was told stays as it is",
            RolloutEnd.Undone => "stopped, and what was before holds again",
            RolloutEnd.NotUndone => "stopped, and not every agent has gone back to what was before",
            _ =>
                "interrupted; agents that were told go on by themselves, the others have been told nothing",
        };
}

using System.Globalization;
using AsffEdge.Fleet.Journal;
using AsffEdge.Messaging;
using Spectre.Console;

namespace AsffEdge.Fleet.Output;

/// <summary>The history as a table, oldest first.</summary>
internal static class HistoryTable
{
    private static readonly FittedColumn[] Columns =
    [
        new("when", 0),
        new("by", 0),
        new("change", 0),
        new("whom", 0),
        new("rev", 2),
        new("in force", 1),
        new("outcome", 0),
    ];

    /// <summary>The table of <paramref name="entries"/>, not wider than <paramref name="width"/>; with <paramref name="agent"/> the outcome is that agent's.</summary>
    public static Table Of(IEnumerable<HistoryEntry> entries, string? agent, int width) =>
        FittedTable.Of(
            Columns,
            [
                .. entries.Select(entry => new FittedRow(
                    [
                        entry.Ts is { } ts ? AgentText.Time(ts) : AgentText.Nothing,
                        entry.By ?? AgentText.Nothing,
                        Change(entry),
                        Whom(entry),
                        entry.Rev.ToString(CultureInfo.InvariantCulture),
                        entry.InForce > 0 ? RolloutText.Agents(entry.InForce) : AgentText.Nothing,
                        Outcome(entry, agent),
                    ],
                    Style.Plain
                )),
            ],
            width
        );

    private static string Change(HistoryEntry entry) =>
        entry.Profile is not { } profile
            ? "?"
            : (entry.Undo ? "undo " : "") + RolloutText.Change(profile, entry.Only, entry.Cameras);

    private static string Whom(HistoryEntry entry) =>
        entry.Groups is { } groups ? $"group {AgentText.Some(groups)}"
        : entry.Agents.Count <= 2 ? string.Join(", ", entry.Agents)
        : RolloutText.Agents(entry.Agents.Count);

    private static string Outcome(HistoryEntry entry, string? agent)
    {
        if (entry.Outcome is not { } outcome)
        {
            return AgentText.Nothing;
        }

        if (agent is not null && !entry.Undo && entry.Counts is not null)
        {
            return entry.Others?.FirstOrDefault(other => other.Agent == agent) is { } other
                ? RolloutText.Outcome(other.Outcome)
                    + (other.Code is { } code ? $" {ContractName.Of(code)}" : "")
                : "done";
        }

        string words = outcome.Replace('_', ' ');
        if (entry.Counts is not { } counts)
        {
            return words;
        }

        string text = string.Join(
            ", ",
            counts.Select(count => $"{count.Value} {count.Key.Replace('_', ' ')}")
        );
        return outcome is "done" or "incomplete" ? text : $"{words}: {text}";
    }
}

using System.Globalization;
using AsffEdge.Fleet.Journal;
using Spectre.Console;

namespace AsffEdge.Fleet.Output;

/// <summary>The history as a table, oldest first.</summary>
internal static class HistoryTable
{
    /// <summary>The table of <paramref name="entries"/>; with <paramref name="agent"/> the outcome is that agent's.</summary>
    public static Table Of(IEnumerable<HistoryEntry> entries, string? agent)
    {
        Table table = new Table().Border(TableBorder.Simple);
        string[] titles = ["when", "by", "change", "whom", "rev", "outcome", "in force"];
        foreach (string title in titles)
        {
            TableColumn column = new TableColumn(title).Padding(0, 0, 2, 0);
            table.AddColumn(title is "when" or "rev" ? column.NoWrap() : column);
        }

        foreach (HistoryEntry entry in entries)
        {
            table.AddRow(
                new Text(entry.Ts is { } ts ? AgentText.Time(ts) : AgentText.Nothing),
                new Text(entry.By ?? AgentText.Nothing),
                new Text(Change(entry)),
                new Text(Whom(entry)),
                new Text(entry.Rev.ToString(CultureInfo.InvariantCulture)),
                new Text(Outcome(entry, agent)),
                new Text(entry.InForce > 0 ? RolloutText.Agents(entry.InForce) : AgentText.Nothing)
            );
        }

        return table;
    }

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
                    + (other.Code is { } code ? $" {AgentText.Name(code)}" : "")
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

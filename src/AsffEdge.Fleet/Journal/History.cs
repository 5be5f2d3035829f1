using AsffEdge.Control.Profiles;
using AsffEdge.Fleet.Output;
using AsffEdge.Fleet.Rollouts;
using AsffEdge.Fleet.State;
using AsffEdge.Messaging;

namespace AsffEdge.Fleet.Journal;

/// <summary>
/// Puts together what the journal and the broker know. A document that the broker retains, or that an agent runs by, belongs to the roll-out
/// that gave that agent or group that revision; where the journal has none, it was sent by somebody else and is an entry of its own.
/// </summary>
internal static class History
{
    private const string Unfinished = "unfinished";

    /// <summary>All that is known, oldest first.</summary>
    /// <param name="journal">Lines of the journal about this broker and others, oldest first.</param>
    /// <param name="broker">This broker, as the journal names it.</param>
    /// <param name="fleet">What the broker holds of the agents.</param>
    /// <param name="groups">The groups' documents.</param>
    public static IReadOnlyList<HistoryEntry> Of(
        IEnumerable<JournalLine> journal,
        string broker,
        IReadOnlyList<FleetAgent> fleet,
        IReadOnlyDictionary<string, DesiredDocument> groups
    )
    {
        List<HistoryEntry> entries = [];
        Dictionary<(string Source, long Rev), int> byDocument = [];
        AddJournal(journal, broker, entries, byDocument);
        AddRetained(fleet, groups, entries, byDocument);
        CountInForce(fleet, entries, byDocument);
        return [.. entries.OrderBy(When)];
    }

    // By custom a revision is the second in which it was made.
    private static DateTime When(HistoryEntry entry) =>
        entry.Ts
        ?? DateTimeOffset
            .FromUnixTimeSeconds(Math.Min(entry.Rev, DateTimeOffset.MaxValue.ToUnixTimeSeconds()))
            .UtcDateTime;

    private static string Key(string name, bool isGroup) =>
        isGroup ? DocumentSource.Group(name) : name;

    private static void AddJournal(
        IEnumerable<JournalLine> journal,
        string broker,
        List<HistoryEntry> entries,
        Dictionary<(string, long), int> byDocument
    )
    {
        Dictionary<string, (RolloutStarted Started, int Entry)> started = new(
            StringComparer.Ordinal
        );
        foreach (JournalLine line in journal)
        {
            if (line is RolloutStarted start && start.Broker == broker)
            {
                started[start.Id] = (start, entries.Count);
                Add(Entry(start), start, start.Revs);
            }
            else if (
                line is RolloutEnded end
                && started.TryGetValue(end.Id, out (RolloutStarted Started, int Entry) known)
            )
            {
                entries[known.Entry] = Ended(entries[known.Entry], end);
                if (end.UndoRevs is { } undo)
                {
                    Add(
                        Entry(known.Started) with
                        {
                            Ts = end.Ts,
                            Undo = true,
                            Rev = undo.Rev,
                            Outcome = ContractName.Of(end.End),
                        },
                        known.Started,
                        undo
                    );
                }
            }
        }

        void Add(HistoryEntry entry, RolloutStarted about, JournalRevisions revs)
        {
            foreach (string name in about.Groups ?? about.Agents)
            {
                byDocument[(Key(name, about.Groups is not null), revs.Of(name))] = entries.Count;
            }

            entries.Add(entry);
        }
    }

    private static HistoryEntry Entry(RolloutStarted start) =>
        new()
        {
            Ts = start.Ts,
            By = start.By,
            Id = start.Id,
            Profile = start.Profile,
            Only = start.Only,
            Cameras = start.Cameras,
            Groups = start.Groups,
            Agents = start.Agents,
            Rev = start.Revs.Rev,
            Outcome = Unfinished,
        };

    private static HistoryEntry Ended(HistoryEntry entry, RolloutEnded end)
    {
        SortedDictionary<string, int> counts = new(
            end.Others.CountBy(agent => ContractName.Of(agent.Outcome)).ToDictionary(),
            StringComparer.Ordinal
        );
        if (end.Done.Count > 0)
        {
            counts[ContractName.Of(AgentOutcome.Done)] = end.Done.Count;
        }

        return entry with
        {
            Outcome = ContractName.Of(end.End),
            Counts = counts,
            Others = end.Others.Count > 0 ? end.Others : null,
        };
    }

    private static void AddRetained(
        IReadOnlyList<FleetAgent> fleet,
        IReadOnlyDictionary<string, DesiredDocument> groups,
        List<HistoryEntry> entries,
        Dictionary<(string, long), int> byDocument
    )
    {
        IEnumerable<(string Name, bool IsGroup, DesiredDocument Document)> retained = fleet
            .Where(agent => agent.Desired is not null)
            .Select(agent => (agent.Id, false, agent.Desired!))
            .Concat(groups.Select(group => (group.Key, true, group.Value)));
        var elsewhere = retained
            .Where(sent =>
                !byDocument.ContainsKey((Key(sent.Name, sent.IsGroup), sent.Document.Rev))
            )
            .GroupBy(sent =>
                (
                    sent.IsGroup,
                    sent.Document.Rev,
                    sent.Document.By,
                    sent.Document.Issued,
                    sent.Document.Profile,
                    Cameras: Text(sent.Document.Cameras)
                )
            );
        foreach (var sent in elsewhere)
        {
            string[] names = [.. sent.Select(document => document.Name)];
            foreach (string name in names)
            {
                byDocument[(Key(name, sent.Key.IsGroup), sent.Key.Rev)] = entries.Count;
            }

            entries.Add(
                new HistoryEntry
                {
                    Ts = sent.Key.Issued,
                    By = sent.Key.By,
                    Profile = sent.Key.Profile,
                    Cameras = sent.First()
                        .Document.Cameras?.ToDictionary(
                            camera => camera.Key,
                            camera => camera.Value.Profile,
                            StringComparer.Ordinal
                        ),
                    Groups = sent.Key.IsGroup ? names : null,
                    Agents = sent.Key.IsGroup
                        ?
                        [
                            .. fleet
                                .Where(agent => agent.Groups.Any(names.Contains))
                                .Select(agent => agent.Id),
                        ]
                        : names,
                    Rev = sent.Key.Rev,
                }
            );
        }
    }

    private static void CountInForce(
        IReadOnlyList<FleetAgent> fleet,
        List<HistoryEntry> entries,
        Dictionary<(string, long), int> byDocument
    )
    {
        foreach (FleetAgent agent in fleet)
        {
            if (agent.Reported is not { RevApplied: { } rev } reported)
            {
                continue;
            }

            string source = reported.Source == DocumentSource.Agent ? agent.Id : reported.Source;
            if (!byDocument.TryGetValue((source, rev), out int index))
            {
                index = entries.Count;
                byDocument[(source, rev)] = index;
                entries.Add(new HistoryEntry { Agents = [agent.Id], Rev = rev });
            }

            entries[index] = entries[index] with { InForce = entries[index].InForce + 1 };
        }
    }

    private static string Text(IReadOnlyDictionary<string, DesiredCamera>? cameras) =>
        string.Join(
            ',',
            (cameras ?? new Dictionary<string, DesiredCamera>())
                .OrderBy(camera => camera.Key, StringComparer.Ordinal)
                .Select(camera => $"{camera.Key}={camera.Value.Profile}")
        );
}

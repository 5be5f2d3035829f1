using System.CommandLine;
using AsffEdge.Control.CommandLine;
using AsffEdge.Control.Settings;
using AsffEdge.Fleet.Connection;
using AsffEdge.Fleet.Journal;
using AsffEdge.Fleet.Output;
using AsffEdge.Fleet.Rollouts;
using AsffEdge.Fleet.State;
using AsffEdge.Messaging;

namespace AsffEdge.Fleet.Commands;

/// <summary><c>asff-fleet profile history</c></summary>
internal static class ProfileHistoryCommand
{
    private static readonly TopicKind[] Needed =
    [
        TopicKind.Info,
        TopicKind.Reported,
        TopicKind.Desired,
    ];

    /// <summary>The command.</summary>
    public static Command Create(BrokerArguments broker)
    {
        Option<string?> agent = new("--agent", "-a")
        {
            Description = "Only what this agent was told, by its own document or a group's",
            HelpName = "ID",
        };
        Option<string?> group = new("--group", "-g")
        {
            Description = "Only what this group or one of its agents was told",
            HelpName = "GROUP",
        };
        Option<int> limit = new("--limit")
        {
            Description = "The newest so many",
            HelpName = "N",
            DefaultValueFactory = _ => 20,
        };
        agent.Validators.Add(result => CommonOptions.RequireId(result, agent.Name));
        group.Validators.Add(result => CommonOptions.RequireId(result, group.Name));
        agent.CompletionSources.Add(_ => KnownNames.Load().Agents);
        group.CompletionSources.Add(_ => KnownNames.Load().Groups);
        limit.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 1)
            {
                result.AddError("--limit is less than 1; allowed: 1 and more");
            }
        });
        Option<bool> json = CommonOptions.Json("Write a line of JSON for each entry");
        Option<double> wait = CommonOptions.Wait();
        Command command = new(
            "history",
            "Show who told whom what: this user's roll-outs, with what the broker holds of others'"
        );
        foreach (Option option in (Option[])[agent, group, limit, json, wait])
        {
            command.Options.Add(option);
        }

        HelpWithExamples.AddTo(
            command,
            "asff-fleet profile history",
            "asff-fleet profile history --agent gate-07",
            "asff-fleet profile history --group gates --limit 100 --json"
        );
        command.SetAction(
            (arguments, ct) =>
                FleetCommand.ShowAsync(
                    broker,
                    arguments,
                    Needed,
                    arguments.GetValue(wait),
                    (state, address, _) =>
                    {
                        Show(
                            Find(
                                    address,
                                    state,
                                    arguments.GetValue(agent),
                                    arguments.GetValue(group)
                                )
                                .TakeLast(arguments.GetValue(limit)),
                            arguments.GetValue(agent),
                            arguments.GetValue(json)
                        );
                        return Task.CompletedTask;
                    },
                    ct
                )
        );
        return command;
    }

    private static IEnumerable<HistoryEntry> Find(
        string broker,
        FleetState state,
        string? agent,
        string? group
    )
    {
        IReadOnlyList<FleetAgent> fleet = state.Agents;
        IEnumerable<HistoryEntry> entries = History.Of(ReadJournal(), broker, fleet, state.Groups);
        if (agent is not null)
        {
            entries = entries.Where(entry => entry.Agents.Contains(agent));
        }

        if (group is not null)
        {
            HashSet<string> members =
            [
                .. fleet.Where(known => known.Groups.Contains(group)).Select(known => known.Id),
            ];
            entries = entries.Where(entry =>
                (entry.Groups?.Contains(group) ?? false) || entry.Agents.Any(members.Contains)
            );
        }

        return entries;
    }

    private static IReadOnlyList<JournalLine> ReadJournal()
    {
        if (RolloutJournal.Find(LayeredSettings.ProcessEnvironment()) is not { } journal)
        {
            return [];
        }

        try
        {
            List<int> unreadable = [];
            IReadOnlyList<JournalLine> lines = journal.Read(unreadable);
            if (unreadable.Count > 0)
            {
                FleetCommand.Note(
                    $"{journal.Path}: lines that cannot be read: {string.Join(", ", unreadable)}"
                );
            }

            return lines;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            FleetCommand.Note(
                $"{journal.Path} cannot be read, so only what the broker holds is shown: {error.Message}"
            );
            return [];
        }
    }

    private static void Show(IEnumerable<HistoryEntry> entries, string? agent, bool asJson)
    {
        HistoryEntry[] shown = [.. entries];
        if (asJson)
        {
            foreach (HistoryEntry entry in shown)
            {
                FleetJson.WriteLine(Console.Out, entry, RolloutJson.Default.HistoryEntry);
            }
        }
        else if (shown.Length == 0)
        {
            Console.Out.WriteLine("Nobody has been told anything, as far as is known here.");
        }
        else
        {
            FleetConsole.Write(width => HistoryTable.Of(shown, agent, width));
        }
    }
}

using System.CommandLine;
using AsffEdge.Control.CommandLine;
using AsffEdge.Fleet.Connection;
using AsffEdge.Fleet.Output;
using AsffEdge.Fleet.Rollouts;
using AsffEdge.Fleet.State;
using AsffEdge.Messaging;

namespace AsffEdge.Fleet.Commands;

/// <summary><c>asff-fleet model history</c></summary>
internal static class ModelHistoryCommand
{
    /// <summary>The command.</summary>
    public static Command Create(BrokerArguments broker)
    {
        Option<string?> agent = new("--agent", "-a")
        {
            Description = "Only this agent",
            HelpName = "ID",
        };
        agent.Validators.Add(result => CommonOptions.RequireId(result, agent.Name));
        agent.CompletionSources.Add(_ => KnownNames.Load().Agents);
        Option<bool> json = CommonOptions.Json("Write a line of JSON for each change");
        Option<double> wait = CommonOptions.Wait();
        Command command = new(
            "history",
            "Show what became of the models that agents were told to use, as they remember it; the oldest first"
        );
        command.Options.Add(agent);
        command.Options.Add(json);
        command.Options.Add(wait);
        HelpWithExamples.AddTo(
            command,
            "asff-fleet model history",
            "asff-fleet model history --agent gate-07 --json"
        );
        command.SetAction(
            (arguments, ct) =>
                FleetCommand.ShowAsync(
                    broker,
                    arguments,
                    [TopicKind.Status, TopicKind.Models],
                    arguments.GetValue(wait),
                    (state, _, _) =>
                    {
                        Show(state, arguments.GetValue(agent), arguments.GetValue(json));
                        return Task.CompletedTask;
                    },
                    ct
                )
        );
        return command;
    }

    private static void Show(FleetState state, string? wanted, bool asJson)
    {
        IReadOnlyList<FleetAgent> agents = state.Agents;
        if (wanted is not null)
        {
            agents =
            [
                state.Find(wanted)
                    ?? throw AgentLookup.Unknown(
                        wanted,
                        "agent",
                        [.. agents.Select(agent => agent.Id)]
                    ),
            ];
        }

        ModelEvent[] events =
        [
            .. agents
                .SelectMany(agent =>
                    (agent.Models?.History ?? []).Select(past => new ModelEvent(agent.Id, past))
                )
                .OrderBy(happened => happened.Change.At)
                .ThenBy(happened => happened.Agent, StringComparer.Ordinal),
        ];
        if (asJson)
        {
            foreach (ModelEvent happened in events)
            {
                FleetJson.WriteLine(Console.Out, happened, RolloutJson.Default.ModelEvent);
            }
        }
        else if (events.Length == 0)
        {
            Console.Out.WriteLine("No model has been rolled out, as far as the agents remember.");
        }
        else
        {
            FleetConsole.Write(_ => ModelTable.OfEvents(events));
        }
    }
}

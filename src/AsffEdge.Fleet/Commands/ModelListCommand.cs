using System.CommandLine;
using AsffEdge.Control.CommandLine;
using AsffEdge.Fleet.Connection;
using AsffEdge.Fleet.Output;
using AsffEdge.Fleet.Rollouts;
using AsffEdge.Fleet.State;
using AsffEdge.Messaging;

namespace AsffEdge.Fleet.Commands;

/// <summary><c>asff-fleet model list</c></summary>
internal static class ModelListCommand
{
    private static readonly TopicKind[] Needed =
    [
        TopicKind.Status,
        TopicKind.Info,
        TopicKind.Models,
    ];

    /// <summary>The command.</summary>
    public static Command Create(BrokerArguments broker)
    {
        Option<bool> json = CommonOptions.Json("Write a line of JSON for each agent");
        Option<double> wait = CommonOptions.Wait();
        Command command = new(
            "list",
            "List which model every agent runs, and how its last change went"
        );
        command.Options.Add(json);
        command.Options.Add(wait);
        HelpWithExamples.AddTo(
            command,
            "asff-fleet model list",
            "asff-fleet model list --json | jq -r '[.agent, .models.current.version] | @tsv'"
        );
        command.SetAction(
            (arguments, ct) =>
                FleetCommand.ShowAsync(
                    broker,
                    arguments,
                    Needed,
                    arguments.GetValue(wait),
                    (state, _, _) =>
                    {
                        Show(state.Agents, arguments.GetValue(json));
                        return Task.CompletedTask;
                    },
                    ct
                )
        );
        return command;
    }

    private static void Show(IReadOnlyList<FleetAgent> agents, bool asJson)
    {
        if (asJson)
        {
            foreach (FleetAgent agent in agents)
            {
                FleetJson.WriteLine(
                    Console.Out,
                    new ModelLine(agent.Id, AgentText.State(agent), agent.Models),
                    RolloutJson.Default.ModelLine
                );
            }
        }
        else if (agents.Count == 0)
        {
            Console.Out.WriteLine("The broker knows no agents.");
        }
        else
        {
            FleetConsole.Write(width => ModelTable.OfAgents(agents, width));
        }
    }
}

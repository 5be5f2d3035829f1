using System.CommandLine;
using AsffEdge.Control.CommandLine;
using AsffEdge.Fleet.Connection;
using AsffEdge.Fleet.Output;
using AsffEdge.Fleet.State;
using AsffEdge.Messaging;

namespace AsffEdge.Fleet.Commands;

/// <summary><c>asff-fleet agents</c></summary>
internal static class AgentsCommand
{
    /// <summary>What a table of agents shows.</summary>
    internal static readonly TopicKind[] Needed =
    [
        TopicKind.Status,
        TopicKind.Info,
        TopicKind.Reported,
        TopicKind.CameraStatus,
    ];

    /// <summary>The command.</summary>
    public static Command Create(BrokerArguments broker)
    {
        AgentFilter filter = new();
        Option<bool> json = CommonOptions.Json("Write a line of JSON for each agent");
        Option<double> wait = CommonOptions.Wait();
        Command command = new("agents", "List the agents and what they run");
        filter.AddTo(command);
        command.Options.Add(json);
        command.Options.Add(wait);
        HelpWithExamples.AddTo(
            command,
            "asff-fleet agents",
            "asff-fleet agents --group gates --state offline",
            "asff-fleet agents --report rejected --json"
        );
        command.SetAction(
            (arguments, ct) =>
                FleetCommand.ShowAsync(
                    broker,
                    arguments,
                    Needed,
                    arguments.GetValue(wait),
                    (state, _) => Show(state, filter.Read(arguments), arguments.GetValue(json)),
                    ct
                )
        );
        return command;
    }

    private static void Show(FleetState state, Func<FleetAgent, bool> isWanted, bool asJson)
    {
        IReadOnlyList<FleetAgent> all = state.Agents;
        KnownNames.Of(all).Save();
        FleetAgent[] wanted = [.. all.Where(isWanted)];
        foreach ((string topic, string reason) in state.Unreadable)
        {
            FleetCommand.Note($"{topic} cannot be read: {reason}");
        }

        if (asJson)
        {
            foreach (FleetAgent agent in wanted)
            {
                FleetJson.WriteLine(Console.Out, AgentLine.Of(agent), FleetJson.Default.AgentLine);
            }
        }
        else if (wanted.Length == 0)
        {
            Console.Out.WriteLine(
                all.Count == 0
                    ? "The broker knows no agents."
                    : $"None of {all.Count} agents matches."
            );
        }
        else
        {
            FleetConsole.Write(width => AgentTable.Of(wanted, width));
        }
    }
}

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

    // A health message comes every 15 s by default, and the broker does not keep it.
    private static readonly TimeSpan HealthWithin = TimeSpan.FromSeconds(20);

    /// <summary>The command.</summary>
    public static Command Create(BrokerArguments broker)
    {
        AgentFilter filter = new();
        Option<bool> json = CommonOptions.Json("Write a line of JSON for each agent");
        Option<double> wait = CommonOptions.Wait();
        Option<bool> health = new("--health")
        {
            Description =
                "Also how each agent is and why: waits up to 20 s for the message that says so, which the broker does not keep",
        };
        Command command = new("agents", "List the agents and what they run");
        filter.AddTo(command);
        command.Options.Add(health);
        command.Options.Add(json);
        command.Options.Add(wait);
        HelpWithExamples.AddTo(
            command,
            "asff-fleet agents",
            "asff-fleet agents --group gates --state offline",
            "asff-fleet agents --health",
            "asff-fleet agents --report rejected --json"
        );
        command.SetAction(
            (arguments, ct) =>
                FleetCommand.ShowAsync(
                    broker,
                    arguments,
                    arguments.GetValue(health) ? [.. Needed, TopicKind.Health] : Needed,
                    arguments.GetValue(wait),
                    async (state, _, ending) =>
                    {
                        bool withHealth = arguments.GetValue(health);
                        if (withHealth)
                        {
                            await FleetLoader
                                .WaitForHealthAsync(() => state.Agents, HealthWithin, ending)
                                .ConfigureAwait(false);
                        }

                        Show(state, filter.Read(arguments), withHealth, arguments.GetValue(json));
                    },
                    ct
                )
        );
        return command;
    }

    private static void Show(
        FleetState state,
        Func<FleetAgent, bool> isWanted,
        bool withHealth,
        bool asJson
    )
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
            FleetConsole.Write(width => AgentTable.Of(wanted, width, withHealth: withHealth));
        }
    }
}

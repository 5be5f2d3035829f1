using System.CommandLine;
using AsffEdge.Control.CommandLine;
using AsffEdge.Fleet.Connection;
using AsffEdge.Fleet.Output;
using AsffEdge.Fleet.State;
using AsffEdge.Messaging;

namespace AsffEdge.Fleet.Commands;

/// <summary><c>asff-fleet show</c></summary>
internal static class ShowCommand
{
    private const double HealthWithinS = 3;
    private static readonly TimeSpan RetainedWithin = TimeSpan.FromSeconds(10);
    private static readonly TopicKind[] Needed =
    [
        TopicKind.Status,
        TopicKind.Info,
        TopicKind.Reported,
        TopicKind.Desired,
        TopicKind.Health,
        TopicKind.CameraStatus,
    ];

    /// <summary>The command.</summary>
    public static Command Create(BrokerArguments broker)
    {
        Argument<string> agent = CommonOptions.Agent();
        Option<bool> json = CommonOptions.Json("Write it as one line of JSON");
        Option<double> wait = CommonOptions.Seconds(
            "--wait",
            HealthWithinS,
            "How long to wait for the agent's health, which it publishes every 15 s and the broker does not keep"
        );
        Command command = new("show", "Show everything that is known of one agent");
        command.Arguments.Add(agent);
        command.Options.Add(json);
        command.Options.Add(wait);
        HelpWithExamples.AddTo(
            command,
            "asff-fleet show gate-07",
            "asff-fleet show gate-07 --wait 20s",
            "asff-fleet show gate-07 --json | jq .reported.cameras"
        );
        command.SetAction(
            (arguments, ct) =>
                FleetCommand.RunAsync(
                    broker,
                    arguments,
                    async (connection, ending) =>
                    {
                        string id = arguments.GetValue(agent)!;
                        FleetState state = await FleetLoader
                            .LoadAsync(
                                connection,
                                Needed,
                                id,
                                RetainedWithin,
                                FleetCommand.Note,
                                ending
                            )
                            .ConfigureAwait(false);
                        if (state.Find(id) is null)
                        {
                            throw await AgentLookup
                                .UnknownAsync(connection, id, ending)
                                .ConfigureAwait(false);
                        }

                        await FleetLoader
                            .WaitForHealthAsync(
                                () => [state.Find(id)!],
                                TimeSpan.FromSeconds(arguments.GetValue(wait)),
                                ending
                            )
                            .ConfigureAwait(false);
                        Show(state, state.Find(id)!, arguments.GetValue(json));
                        return ExitCodes.Done;
                    },
                    ct
                )
        );
        return command;
    }

    private static void Show(FleetState state, FleetAgent agent, bool asJson)
    {
        IReadOnlyDictionary<string, string> unreadable = state.Unreadable;
        if (asJson)
        {
            foreach ((string topic, string reason) in unreadable)
            {
                FleetCommand.Note($"{topic} cannot be read: {reason}");
            }

            IReadOnlyDictionary<string, DesiredDocument> groups = state.Groups;
            AgentLine line = AgentLine.Of(agent) with
            {
                GroupsDesired = agent
                    .Groups.Where(groups.ContainsKey)
                    .ToDictionary(group => group, group => groups[group]),
            };
            FleetJson.WriteLine(Console.Out, line, FleetJson.Default.AgentLine);
            return;
        }

        DateTime now = TimeProvider.System.GetUtcNow().UtcDateTime;
        FleetConsole.Write(width => AgentPage.Of(agent, state.Groups, unreadable, width, now));
    }
}

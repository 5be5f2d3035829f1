using System.CommandLine;
using AsffEdge.Control.CommandLine;
using AsffEdge.Fleet.Connection;
using AsffEdge.Fleet.Output;
using AsffEdge.Fleet.State;
using AsffEdge.Messaging;

namespace AsffEdge.Fleet.Commands;

/// <summary><c>asff-fleet events</c></summary>
internal static class EventsCommand
{
    private static readonly string[] Types =
    [
        "start",
        "update",
        "end",
        "zone_enter",
        "zone_leave",
        "line",
    ];

    /// <summary>The command.</summary>
    public static Command Create(BrokerArguments broker)
    {
        Option<string[]> agents = Ids("--agent", "Only of this agent", known => known.Agents);
        Option<string[]> cameras = Ids(
            "--camera",
            "Only of cameras with this id",
            known => known.Cameras
        );
        Option<string[]> types = new Option<string[]>("--type")
        {
            Description = "Only events of this type",
            HelpName = "TYPE",
        }.AcceptOnlyFromAmong(Types);
        Option<bool> detections = new("--detections")
        {
            Description = "Also what was found, a line for each frame",
        };
        Option<bool> statuses = new("--status")
        {
            Description = "Also changes of the status of agents and cameras",
        };
        Option<int> count = new("-n", "--count")
        {
            Description = "End after this many lines; default: with Ctrl-C",
            HelpName = "COUNT",
            DefaultValueFactory = _ => int.MaxValue,
        };
        count.Validators.Add(result =>
        {
            if (
                result.Tokens is [var token]
                && !(int.TryParse(token.Value, out int lines) && lines > 0)
            )
            {
                result.AddError($"-n is '{token.Value}'; allowed: a whole number above 0");
            }
        });
        Option<bool> json = CommonOptions.Json("Write lines of JSON, which it does anyway");
        Command command = new(
            "events",
            "Write what the agents' cameras see as it happens, as lines of JSON"
        );
        foreach (
            Option option in new Option[]
            {
                agents,
                cameras,
                types,
                detections,
                statuses,
                count,
                json,
            }
        )
        {
            command.Options.Add(option);
        }

        HelpWithExamples.AddTo(
            command,
            "asff-fleet events",
            "asff-fleet events --agent gate-07 --camera dock-1 --type zone_enter --type zone_leave",
            "asff-fleet events --detections --agent gate-07 -n 100 > frames.jsonl",
            "asff-fleet events --status | jq -c 'select(.message.state == \"offline\")'"
        );
        command.SetAction(
            (arguments, ct) =>
                FleetCommand.RunAsync(
                    broker,
                    arguments,
                    async (connection, ending) =>
                    {
                        TopicKind[] kinds =
                        [
                            TopicKind.Events,
                            .. arguments.GetValue(detections)
                                ? [TopicKind.Detections]
                                : Array.Empty<TopicKind>(),
                            .. arguments.GetValue(statuses)
                                ? [TopicKind.Status, TopicKind.CameraStatus]
                                : Array.Empty<TopicKind>(),
                        ];
                        using LineOutput output = new();
                        MessageTail tail = new(
                            arguments.GetValue(cameras) ?? [],
                            arguments.GetValue(types) ?? [],
                            TimeProvider.System
                        );
                        await tail.RunAsync(
                                connection,
                                kinds,
                                arguments.GetValue(agents) is { Length: > 0 } some ? some : ["+"],
                                arguments.GetValue(count),
                                line => output.TryWrite(line, FleetJson.Default.MessageLine),
                                ending
                            )
                            .ConfigureAwait(false);
                        return ExitCodes.Done;
                    },
                    ct
                )
        );
        return command;
    }

    private static Option<string[]> Ids(
        string name,
        string description,
        Func<KnownNames, IReadOnlyList<string>> completions
    )
    {
        Option<string[]> option = new(name) { Description = description, HelpName = "ID" };
        option.Validators.Add(result => CommonOptions.RequireId(result, name));
        option.CompletionSources.Add(_ => completions(KnownNames.Load()));
        return option;
    }
}

using System.CommandLine;
using AsffEdge.Control.CommandLine;
using AsffEdge.Fleet.Connection;
using AsffEdge.Fleet.Output;
using AsffEdge.Fleet.State;

namespace AsffEdge.Fleet.Commands;

/// <summary><c>asff-fleet watch</c></summary>
internal static class WatchCommand
{
    /// <summary>The command.</summary>
    public static Command Create(BrokerArguments broker)
    {
        AgentFilter filter = new();
        Option<bool> json = CommonOptions.Json("Write a line of JSON for each change");
        Option<double> wait = CommonOptions.Wait();
        Command command = new(
            "watch",
            "Show the agents as they change, those with problems first; Ctrl-C ends"
        );
        filter.AddTo(command);
        command.Options.Add(json);
        command.Options.Add(wait);
        HelpWithExamples.AddTo(
            command,
            "asff-fleet watch",
            "asff-fleet watch --group gates --report pending --report rejected",
            "asff-fleet watch > changes.txt",
            "asff-fleet watch --json | jq -c 'select(.field == \"state\")'"
        );
        command.SetAction(
            (arguments, ct) =>
                FleetCommand.RunAsync(
                    broker,
                    arguments,
                    async (connection, ending) =>
                    {
                        FleetState state = await FleetLoader
                            .LoadAsync(
                                connection,
                                AgentsCommand.Needed,
                                "+",
                                TimeSpan.FromSeconds(arguments.GetValue(wait)),
                                FleetCommand.Note,
                                ending
                            )
                            .ConfigureAwait(false);
                        KnownNames.Of(state.Agents).Save();
                        FleetWatch watch = new(state, filter.Read(arguments), TimeProvider.System);
                        await ShowAsync(watch, arguments.GetValue(json), ending)
                            .ConfigureAwait(false);
                        return ExitCodes.Done;
                    },
                    ct
                )
        );
        return command;
    }

    private static async Task ShowAsync(FleetWatch watch, bool asJson, CancellationToken ct)
    {
        if (!asJson && FleetConsole.IsLive)
        {
            await watch.ShowScreenAsync(FleetConsole.Output, Console.Out, ct).ConfigureAwait(false);
            return;
        }

        using LineOutput output = new();
        if (!asJson)
        {
            output.TryWrite(WatchView.Totals(watch.Wanted()));
        }

        await watch
            .ShowChangesAsync(
                change =>
                    asJson
                        ? output.TryWrite(change, FleetJson.Default.AgentChange)
                        : output.TryWrite(Line(change)),
                ct
            )
            .ConfigureAwait(false);
    }

    private static string Line(AgentChange change) =>
        PlainText.Clean(
            $"{AgentText.Time(change.Ts)} {change.Agent} {change.Field} {change.From ?? AgentText.Nothing} -> {change.To ?? AgentText.Nothing}"
        );
}

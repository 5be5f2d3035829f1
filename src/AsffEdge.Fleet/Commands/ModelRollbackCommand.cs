using System.CommandLine;
using AsffEdge.Control.CommandLine;
using AsffEdge.Fleet.Connection;
using AsffEdge.Fleet.Models;
using AsffEdge.Fleet.Output;
using AsffEdge.Fleet.Requests;
using AsffEdge.Fleet.Rollouts;
using AsffEdge.Fleet.State;
using AsffEdge.Messaging;

namespace AsffEdge.Fleet.Commands;

/// <summary><c>asff-fleet model rollback</c></summary>
internal static class ModelRollbackCommand
{
    /// <summary>The command.</summary>
    public static Command Create(BrokerArguments broker)
    {
        TargetArguments targets = new("Every agent of a group");
        Option<double> timeout = CommonOptions.Seconds(
            "--timeout",
            60,
            "How long an agent may take to answer"
        );
        Command command = new(
            "rollback",
            "Tell agents to go back to the model that they used before; exit code 0: every one has"
        );
        targets.AddTo(command, timeout);
        HelpWithExamples.AddTo(
            command,
            "asff-fleet model rollback --agent gate-07",
            "asff-fleet model rollback --group gates --yes"
        );
        command.SetAction(
            (arguments, ct) =>
                FleetCommand.RunAsync(
                    broker,
                    arguments,
                    (connection, ending) =>
                        RunAsync(
                            targets,
                            TimeSpan.FromSeconds(arguments.GetValue(timeout)),
                            arguments,
                            connection,
                            ending
                        ),
                    ct
                )
        );
        return command;
    }

    private static async Task<int> RunAsync(
        TargetArguments targets,
        TimeSpan within,
        ParseResult arguments,
        FleetConnection connection,
        CancellationToken ct
    )
    {
        FleetState state = await FleetLoader
            .LoadAsync(
                connection,
                [TopicKind.Status, TopicKind.Info],
                "+",
                TimeSpan.FromSeconds(arguments.GetValue(targets.Wait)),
                FleetCommand.Note,
                ct
            )
            .ConfigureAwait(false);
        IReadOnlyList<FleetAgent> agents = targets.Find(arguments, state);
        bool asJson = arguments.GetValue(targets.Json);
        string summary = $"back to the model before: {RolloutText.Agents(agents.Count)}";
        if (
            !await Confirmation
                .MayGoOnAsync(targets, arguments, agents.Count, summary, ct)
                .ConfigureAwait(false)
        )
        {
            return ExitCodes.Failed;
        }

        AnswerPrinter printer = new(Console.Out, asJson);
        foreach (FleetAgent agent in agents.Where(agent => !agent.IsOnline))
        {
            printer.Write(AnswerLine.Offline(agent.Id));
        }

        ModelOrder order = new("", 0, targets.ReadAuthor(arguments));
        await foreach (
            AnswerLine answer in new CommandCall(connection, TimeProvider.System)
                .SendToEachAsync(
                    [.. agents.Where(agent => agent.IsOnline).Select(agent => agent.Id)],
                    CommandName.ModelRollback,
                    order.Rollback(),
                    within,
                    ct
                )
                .ConfigureAwait(false)
        )
        {
            printer.Write(answer);
        }

        return printer.AllDone ? ExitCodes.Done : ExitCodes.Failed;
    }
}

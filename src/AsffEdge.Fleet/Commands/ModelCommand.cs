using System.CommandLine;
using AsffEdge.Control.CommandLine;
using AsffEdge.Fleet.Connection;

namespace AsffEdge.Fleet.Commands;

/// <summary><c>asff-fleet model</c></summary>
internal static class ModelCommand
{
    /// <summary>The command with those below it.</summary>
    public static Command Create(BrokerArguments broker)
    {
        Command command = new(
            "model",
            "Roll out models, and see which model every agent runs and has run"
        );
        command.Subcommands.Add(ModelPushCommand.Create(broker));
        command.Subcommands.Add(ModelListCommand.Create(broker));
        command.Subcommands.Add(ModelHistoryCommand.Create(broker));
        command.Subcommands.Add(ModelRollbackCommand.Create(broker));
        command.Subcommands.Add(ModelSignCommand.Create());
        HelpWithExamples.AddTo(
            command,
            "asff-fleet model push street.onnx --group gates --wave 5%,25%,100%",
            "asff-fleet model list",
            "asff-fleet model history --agent gate-07",
            "asff-fleet model rollback --agent gate-07"
        );
        return command;
    }
}

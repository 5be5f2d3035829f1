using System.CommandLine;
using AsffEdge.Control.CommandLine;
using AsffEdge.Fleet.Connection;

namespace AsffEdge.Fleet.Commands;

/// <summary><c>asff-fleet profile</c></summary>
internal static class ProfileCommand
{
    /// <summary>The command with those below it.</summary>
    public static Command Create(BrokerArguments broker)
    {
        Command command = new(
            "profile",
            "Switch the profiles of agents, and see who switched what"
        );
        command.Subcommands.Add(ProfileSetCommand.Create(broker));
        command.Subcommands.Add(ProfileHistoryCommand.Create(broker));
        HelpWithExamples.AddTo(
            command,
            "asff-fleet profile set fast --group gates",
            "asff-fleet profile history"
        );
        return command;
    }
}

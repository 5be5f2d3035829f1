using System.CommandLine;
using AsffEdge.Agent.Configuration;
using AsffEdge.Control.CommandLine;

namespace AsffEdge.Agent.Commands;

/// <summary><c>asff-edge check-config</c></summary>
public static class CheckConfigCommand
{
    /// <summary>The command.</summary>
    public static Command Create()
    {
        Command command = new(
            "check-config",
            "Check a configuration and print what is in force, secrets masked"
        );
        ConfigurationArguments configuration = new();
        configuration.AddTo(command);
        HelpWithExamples.AddTo(
            command,
            "asff-edge check-config --config agent.yaml",
            "asff-edge check-config --config agent.yaml --set mqtt.host=broker.local",
            "ASFF_EDGE__PROFILE=fast asff-edge check-config --config agent.yaml"
        );
        command.SetAction(arguments =>
        {
            if (configuration.Load(arguments) is not { } loaded)
            {
                return ExitCodes.Usage;
            }

            Console.Out.Write(EffectiveConfiguration.ToYaml(loaded));
            return ExitCodes.Done;
        });
        return command;
    }
}

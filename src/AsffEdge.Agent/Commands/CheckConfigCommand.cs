using System.CommandLine;
using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Tracking;
using AsffEdge.Control.CommandLine;
using AsffEdge.Control.Settings;
using AsffEdge.Detection;

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

            int exitCode = CheckClasses(loaded);
            if (exitCode == ExitCodes.Done)
            {
                Console.Out.Write(EffectiveConfiguration.ToYaml(loaded));
            }

            return exitCode;
        });
        return command;
    }

    // Only the model knows its classes, and to open it takes a moment.
    private static int CheckClasses(AgentConfiguration configuration)
    {
        if (!ClassFilter.AreThereAny(configuration.Cameras))
        {
            return ExitCodes.Done;
        }

        try
        {
            DetectorOptions options = new() { Providers = ["cpu"], Threads = 1 };
            using Detector detector = Detector.Open(configuration.Model.Path, options);
            ClassFilter.Check(configuration.Cameras, detector.Manifest.Labels);
            return ExitCodes.Done;
        }
        catch (ConfigurationException error)
        {
            foreach (string problem in error.Problems)
            {
                Console.Error.WriteLine($"asff-edge: {problem}");
            }

            return ExitCodes.Usage;
        }
        catch (ModelException error)
        {
            Console.Error.WriteLine($"asff-edge: {error.Message}");
            return ExitCodes.Failed;
        }
    }
}

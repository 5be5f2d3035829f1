using System.CommandLine;
using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Models;
using AsffEdge.Agent.Profiles;
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
            "Check a configuration and its model, and print what is in force, secrets masked"
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

            int exitCode = CheckModel(loaded);
            if (exitCode == ExitCodes.Done)
            {
                Console.Out.Write(EffectiveConfiguration.ToYaml(loaded));
            }

            return exitCode;
        });
        return command;
    }

    // As the agent does at its start, but that nothing is kept.
    private static int CheckModel(AgentConfiguration configuration)
    {
        ModelOptions options = configuration.Model;
        try
        {
            using LoadedModel model = ModelLoader.Open(
                options.Path,
                options.Sha256,
                options,
                out IReadOnlyList<GoldenResult> golden
            );
            ModelManifest manifest = model.Detector.Manifest;
            LocalProfiles.ToBook(configuration, manifest);
            ClassFilter.Check(configuration, manifest.Labels);
            if (golden.Count == 0)
            {
                Console.Error.WriteLine(
                    $"asff-edge: model '{options.Path}' has no golden picture, so what it finds was not checked; 'asff-train golden' adds one"
                );
            }

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

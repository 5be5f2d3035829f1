using System.CommandLine;
using AsffEdge.Agent.Configuration;
using AsffEdge.Control.Settings;

namespace AsffEdge.Agent.Commands;

/// <summary>The options by which commands are told their configuration.</summary>
internal sealed class ConfigurationArguments
{
    private readonly Option<string> _config = new("--config", "-c")
    {
        Description = "The configuration, a YAML file",
        Required = true,
        HelpName = "FILE",
    };

    private readonly Option<string[]> _set = new("--set")
    {
        Description =
            "Replaces a setting, for example --set mqtt.host=broker.local; may be repeated",
        HelpName = "KEY=VALUE",
    };

    /// <summary>Adds the options to <paramref name="command"/>.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_config);
        command.Options.Add(_set);
    }

    /// <summary>Loads the configuration; null, with every problem on standard error, when it is no good.</summary>
    public AgentConfiguration? Load(ParseResult arguments)
    {
        try
        {
            return ConfigurationLoader.Load(
                arguments.GetRequiredValue(_config),
                arguments.GetValue(_set) ?? []
            );
        }
        catch (ConfigurationException error)
        {
            foreach (string problem in error.Problems)
            {
                Console.Error.WriteLine($"asff-edge: {problem}");
            }

            return null;
        }
    }
}

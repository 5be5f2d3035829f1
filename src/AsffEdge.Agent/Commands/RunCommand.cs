using System.CommandLine;
using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Hosting;
using AsffEdge.Control.CommandLine;
using AsffEdge.Control.Settings;
using AsffEdge.Detection;

namespace AsffEdge.Agent.Commands;

/// <summary><c>asff-edge run</c></summary>
public static class RunCommand
{
    /// <summary>The command.</summary>
    public static Command Create()
    {
        Command command = new("run", "Run the agent until it is told to stop");
        ConfigurationArguments configuration = new();
        configuration.AddTo(command);
        HelpWithExamples.AddTo(
            command,
            "asff-edge run --config agent.yaml",
            "asff-edge run --config agent.yaml --set profile=fast --set logging.level=debug",
            "ASFF_EDGE__MQTT__HOST=broker.local asff-edge run --config agent.yaml"
        );
        command.SetAction(
            async (arguments, ct) =>
                configuration.Load(arguments) is { } loaded
                    ? await RunAsync(loaded, ct).ConfigureAwait(false)
                    : ExitCodes.Usage
        );
        return command;
    }

    private static async Task<int> RunAsync(AgentConfiguration configuration, CancellationToken ct)
    {
        try
        {
            AgentHost host = AgentHost.Build(configuration);
            await using (host.ConfigureAwait(false))
            {
                return await host.RunAsync(ct).ConfigureAwait(false);
            }
        }
        catch (ConfigurationException error)
        {
            return Fail(error.Message, ExitCodes.Usage);
        }
        catch (ModelException error)
        {
            return Fail(error.Message, ExitCodes.Failed);
        }
    }

    private static int Fail(string message, int exitCode)
    {
        Console.Error.WriteLine($"asff-edge: {message}");
        return exitCode;
    }
}

using System.CommandLine;
using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Footage;
using AsffEdge.Control.CommandLine;

namespace AsffEdge.Agent.Commands;

/// <summary><c>asff-edge footage</c></summary>
public static class FootageCommand
{
    /// <summary>The command.</summary>
    public static Command Create()
    {
        Command command = new(
            "footage",
            "List, fetch and remove the frames that were kept to learn from; also while the agent runs"
        )
        {
            FootageListCommand.Create(),
            FootageSizeCommand.Create(),
            FootagePackCommand.Create(),
            FootagePurgeCommand.Create(),
        };
        HelpWithExamples.AddTo(
            command,
            "asff-edge footage list --config agent.yaml",
            "asff-edge footage pack --config agent.yaml --out /media/stick",
            "asff-edge footage purge --config agent.yaml --camera dock-1"
        );
        return command;
    }

    internal static Option<bool> Json() => new("--json") { Description = "Print JSON" };

    internal static Option<string?> Camera() =>
        new("--camera") { Description = "Only of this camera", HelpName = "ID" };

    internal static Option<string?> Day(string name, string description)
    {
        Option<string?> option = new(name) { Description = description, HelpName = "DAY" };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } text && FootageDay.DateOf(text) is null)
            {
                result.AddError($"{name} is '{text}'; allowed: a day (UTC) such as 2026-03-01");
            }
        });
        return option;
    }

    internal static DateOnly? DayOf(ParseResult arguments, Option<string?> option) =>
        arguments.GetValue(option) is { } text ? FootageDay.DateOf(text) : null;

    /// <summary>Does something with the footage of a configuration.</summary>
    /// <returns>The exit code.</returns>
    internal static int Run(
        ConfigurationArguments configuration,
        ParseResult arguments,
        Func<AgentConfiguration, string, int> work
    )
    {
        if (configuration.Load(arguments) is not { } loaded)
        {
            return ExitCodes.Usage;
        }

        try
        {
            return work(loaded, FootageStore.RootOf(loaded.StateDirectory));
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("asff-edge: interrupted; the same command continues");
            return ExitCodes.Failed;
        }
        catch (Exception error)
            when (error is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            Console.Error.WriteLine($"asff-edge: {error.Message}");
            return ExitCodes.Failed;
        }
    }
}

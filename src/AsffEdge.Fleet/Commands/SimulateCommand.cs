using System.CommandLine;
using System.Globalization;
using AsffEdge.Control.Broker;
using AsffEdge.Control.CommandLine;
using AsffEdge.Control.Settings;
using AsffEdge.Fleet.Connection;
using AsffEdge.Fleet.Simulation;
using AsffEdge.Messaging;

namespace AsffEdge.Fleet.Commands;

/// <summary><c>asff-fleet simulate</c></summary>
internal sealed class SimulateCommand
{
    private const int MostAgents = 100_000;
    private const int MostCameras = 64;
    private static readonly SimulationOptions Defaults = new() { Agents = 100 };

    private readonly Option<int> _agents = WholeNumber(
        "--agents",
        Defaults.Agents,
        MostAgents,
        "How many agents"
    );

    private readonly Option<string> _prefix = new("--prefix")
    {
        Description = "What their ids start with; '-' and a number follow",
        HelpName = "ID",
        DefaultValueFactory = _ => Defaults.Prefix,
    };

    private readonly Option<string[]> _groups = new("--groups")
    {
        Description = "Groups, separated by commas; the agents belong to one each, in turn",
        HelpName = "GROUP,…",
        CustomParser = result => result.Tokens[0].Value.Split(','),
    };

    private readonly Option<int> _cameras = WholeNumber(
        "--cameras",
        Defaults.Cameras,
        MostCameras,
        "Cameras of each agent"
    );

    private readonly Option<double> _failRate = Share(
        "--fail-rate",
        "Share of agents that cannot change their size: half of them refuse for want of memory, half get too slow, which a document's min_fps finds"
    );

    private readonly Option<double> _offlineRate = Share(
        "--offline-rate",
        "Share of agents that have been there and are away"
    );

    private readonly Option<double> _settleDelay = CommonOptions.Seconds(
        "--settle-delay",
        Defaults.SettleDelay.TotalSeconds,
        "How long an agent takes to prepare a new size; each its own time, from half to one and a half of it"
    );

    private readonly Option<int> _seed = new("--seed")
    {
        Description = "Decides which agents fail and are away",
        HelpName = "NUMBER",
        DefaultValueFactory = _ => Defaults.Seed,
    };

    private readonly Option<bool> _json = CommonOptions.Json("Write a line of JSON every second");

    private SimulateCommand() { }

    /// <summary>The command.</summary>
    public static Command Create(BrokerArguments broker)
    {
        SimulateCommand options = new();
        Command command = new(
            "simulate",
            "Be many agents at once, to try a broker, a roll-out or a dashboard: all that devices run but cameras and model. Ends with Ctrl-C"
        )
        {
            options._agents,
            options._prefix,
            options._groups,
            options._cameras,
            options._failRate,
            options._offlineRate,
            options._settleDelay,
            options._seed,
            options._json,
        };
        HelpWithExamples.AddTo(
            command,
            "asff-fleet simulate --agents 1000 --groups gates,yards",
            "asff-fleet simulate --agents 50 --fail-rate 10% --offline-rate 4% --seed 7",
            "asff-fleet simulate --agents 200 --user '{agent}' --password-file agents.txt"
        );
        command.SetAction(
            (arguments, ct) =>
                FleetCommand.RunAsync(
                    broker,
                    arguments,
                    (found, stop) =>
                        RunAsync(
                            options.Read(arguments),
                            found,
                            arguments.GetValue(options._json),
                            stop
                        ),
                    ct
                )
        );
        return command;
    }

    private static async Task<int> RunAsync(
        SimulationOptions options,
        BrokerOptions broker,
        bool asJson,
        CancellationToken ct
    )
    {
        TimeProvider time = TimeProvider.System;
        using CalmLog log = new(FleetCommand.Note, time);
        SimulatedFleet fleet = new(options, broker, time, log);
        await using (fleet.ConfigureAwait(false))
        {
            await Task.WhenAll(
                    fleet.RunAsync(ct),
                    SimulationDisplay.ShowAsync(fleet, asJson, time, ct)
                )
                .ConfigureAwait(false);
        }

        return ExitCodes.Done;
    }

    private SimulationOptions Read(ParseResult arguments)
    {
        SimulationOptions options = new()
        {
            Agents = arguments.GetValue(_agents),
            Prefix = arguments.GetValue(_prefix)!,
            Groups = arguments.GetValue(_groups) ?? [],
            Cameras = arguments.GetValue(_cameras),
            FailRate = arguments.GetValue(_failRate),
            OfflineRate = arguments.GetValue(_offlineRate),
            SettleDelay = TimeSpan.FromSeconds(arguments.GetValue(_settleDelay)),
            Seed = arguments.GetValue(_seed),
        };
        string[] problems = [.. ProblemsOf(options)];
        return problems.Length == 0 ? options : throw new ConfigurationException(problems);
    }

    private static IEnumerable<string> ProblemsOf(SimulationOptions options)
    {
        string id = AgentPlan.IdOf(options, 0);
        if (!Identifier.IsValid(id))
        {
            int most = Identifier.MaxLength - (id.Length - options.Prefix.Length);
            yield return $"--prefix is '{options.Prefix}'; allowed: a-z, 0-9 and '-', at most {most} of them";
        }

        foreach (string group in options.Groups.Where(group => !Identifier.IsValid(group)))
        {
            yield return $"--groups has '{group}'; allowed: {Identifier.Allowed}";
        }

        if (options.FailRate + options.OfflineRate > 1)
        {
            yield return "--fail-rate and --offline-rate are more than all agents together";
        }
    }

    private static Option<int> WholeNumber(
        string name,
        int fallback,
        int most,
        string description
    ) =>
        new(name)
        {
            Description = description,
            HelpName = "N",
            DefaultValueFactory = _ => fallback,
            CustomParser = result =>
            {
                string text = result.Tokens[0].Value;
                bool isNumber = int.TryParse(
                    text,
                    NumberStyles.None,
                    CultureInfo.InvariantCulture,
                    out int number
                );
                if (!isNumber || number < 1 || number > most)
                {
                    result.AddError($"{name} is '{text}'; allowed: 1 to {most}");
                }

                return number;
            },
        };

    private static Option<double> Share(string name, string description) =>
        new(name)
        {
            Description = description,
            HelpName = "SHARE",
            CustomParser = result =>
            {
                string text = result.Tokens[0].Value;
                bool isPercent = text.EndsWith('%');
                bool isNumber = double.TryParse(
                    isPercent ? text[..^1] : text,
                    NumberStyles.AllowDecimalPoint,
                    CultureInfo.InvariantCulture,
                    out double share
                );
                share = isPercent ? share / 100 : share;
                if (!isNumber || share is not (>= 0 and <= 1))
                {
                    result.AddError($"{name} is '{text}'; allowed: 0 to 1 or 0% to 100%");
                }

                return share;
            },
        };
}

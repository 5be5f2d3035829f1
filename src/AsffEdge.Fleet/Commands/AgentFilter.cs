using System.CommandLine;
using AsffEdge.Fleet.Output;
using AsffEdge.Fleet.State;
using AsffEdge.Messaging;

namespace AsffEdge.Fleet.Commands;

/// <summary>The options that pick agents. An option given twice matches either value; different options must all match.</summary>
internal sealed class AgentFilter
{
    private readonly (Option<string[]> Option, Func<FleetAgent, string, bool> Matches)[] _filters =
    [
        (
            Option("--group", "GROUP", "Only agents of this group", known => known.Groups),
            (agent, group) => agent.Groups.Contains(group)
        ),
        (
            Option("--version", "VERSION", "Only agents of this version", known => known.Versions),
            (agent, version) => agent.Info?.Version == version
        ),
        (
            Option("--state", "STATE", "Only agents that are online, stopping, offline or unknown")
                .AcceptOnlyFromAmong("online", "stopping", "offline", "unknown"),
            (agent, state) => AgentText.State(agent) == state
        ),
        (
            Option(
                "--profile",
                "NAME",
                "Only agents of which a camera runs this profile",
                known => known.Profiles
            ),
            (agent, profile) =>
                agent.Reported?.Cameras.Values.Any(camera => camera.Profile == profile) ?? false
        ),
        (
            Option("--camera", "ID", "Only agents with this camera", known => known.Cameras),
            (agent, camera) => agent.Info?.Cameras.Any(known => known.Id == camera) ?? false
        ),
        (
            Option(
                    "--report",
                    "STATE",
                    "Only agents whose last document is applied, pending, rejected or rolled_back"
                )
                .AcceptOnlyFromAmong(Reports),
            (agent, report) =>
                agent.Reported is { } reported && ContractName.Of(reported.State) == report
        ),
    ];

    private static string[] Reports =>
        [.. Enum.GetValues<Messaging.ReportedState>().Select(ContractName.Of)];

    /// <summary>Gives the options to <paramref name="command"/>.</summary>
    public void AddTo(Command command)
    {
        foreach ((Option<string[]> option, _) in _filters)
        {
            command.Options.Add(option);
        }
    }

    /// <summary>Whether an agent is picked by <paramref name="arguments"/>.</summary>
    public Func<FleetAgent, bool> Read(ParseResult arguments)
    {
        (string[] Values, Func<FleetAgent, string, bool> Matches)[] asked =
        [
            .. _filters
                .Select(filter => (arguments.GetValue(filter.Option) ?? [], filter.Matches))
                .Where(filter => filter.Item1.Length > 0),
        ];
        return agent =>
            asked.All(filter => filter.Values.Any(value => filter.Matches(agent, value)));
    }

    private static Option<string[]> Option(
        string name,
        string value,
        string description,
        Func<KnownNames, IReadOnlyList<string>>? completions = null
    )
    {
        Option<string[]> option = new(name) { Description = description, HelpName = value };
        if (completions is not null)
        {
            option.CompletionSources.Add(_ => completions(KnownNames.Load()));
        }

        return option;
    }
}

using System.CommandLine;
using System.CommandLine.Parsing;
using AsffEdge.Control.Settings;
using AsffEdge.Fleet.Rollouts;
using AsffEdge.Fleet.State;

namespace AsffEdge.Fleet.Commands;

/// <summary>The arguments of what is done to several agents: whom to tell, who wants it, and how to show it.</summary>
internal class TargetArguments(string groups)
{
    private const int LongestAuthor = 256;

    private readonly Option<string[]> _agents = new("--agent", "-a")
    {
        Description = "An agent; several may be given",
        HelpName = "ID",
    };

    private readonly Option<string[]> _groups = new("--group", "-g")
    {
        Description = groups,
        HelpName = "GROUP",
    };

    private readonly Option<bool> _all = new("--all") { Description = "Every agent" };

    private readonly Option<string> _by = new("--by")
    {
        Description = "Who wants it, for the history",
        HelpName = "NAME",
        DefaultValueFactory = _ => $"{Environment.UserName}@{Environment.MachineName}",
    };

    /// <summary>Whether nobody is asked.</summary>
    public Option<bool> Yes { get; } = new("--yes", "-y") { Description = "Do not ask first" };

    /// <summary>How long retained messages may take.</summary>
    public Option<double> Wait { get; } = CommonOptions.Wait();

    /// <summary>Whether the result is JSON.</summary>
    public Option<bool> Json { get; } =
        CommonOptions.Json("Write the result as JSON; progress goes to standard error");

    /// <summary>Gives them to <paramref name="command"/>, with <paramref name="own"/>, which it alone has, in the middle.</summary>
    public void AddTo(Command command, params IEnumerable<Option> own)
    {
        foreach (Option option in (Option[])[_agents, _groups, _all, .. own, _by, Yes, Json, Wait])
        {
            command.Options.Add(option);
        }

        _agents.CompletionSources.Add(_ => KnownNames.Load().Agents);
        _groups.CompletionSources.Add(_ => KnownNames.Load().Groups);
        _agents.Validators.Add(result => CommonOptions.RequireId(result, _agents.Name));
        _groups.Validators.Add(result => CommonOptions.RequireId(result, _groups.Name));
        _by.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is not { Length: > 0 and <= LongestAuthor })
            {
                result.AddError(
                    $"--by is too long or empty; allowed: 1 to {LongestAuthor} characters"
                );
            }
        });
        command.Validators.Add(CheckTogether);
    }

    /// <summary>Whom to tell.</summary>
    public TargetChoice ReadTargets(ParseResult arguments) =>
        new(
            arguments.GetValue(_agents) ?? [],
            arguments.GetValue(_groups) ?? [],
            arguments.GetValue(_all)
        );

    /// <summary>The agents to tell.</summary>
    /// <exception cref="ConfigurationException">Somebody named is not there.</exception>
    public IReadOnlyList<FleetAgent> Find(ParseResult arguments, FleetState state)
    {
        List<string> problems = [];
        IReadOnlyList<FleetAgent> agents = ReadTargets(arguments).Find(state.Agents, problems);
        return problems.Count == 0 ? agents : throw new ConfigurationException(problems);
    }

    /// <summary>Who wants it.</summary>
    public string ReadAuthor(ParseResult arguments) => arguments.GetValue(_by)!;

    private void CheckTogether(CommandResult result)
    {
        bool names =
            result.GetValue(_agents) is { Length: > 0 }
            || result.GetValue(_groups) is { Length: > 0 };
        bool all = result.GetValue(_all);
        if (names == all)
        {
            result.AddError(
                all
                    ? "--all is everybody; --agent and --group are not allowed with it"
                    : "whom to tell is missing; allowed: --agent ID, --group GROUP, --all"
            );
        }
    }
}

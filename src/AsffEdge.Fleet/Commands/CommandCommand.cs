using System.CommandLine;
using System.CommandLine.Completions;
using System.Text.Json.Nodes;
using AsffEdge.Control.CommandLine;
using AsffEdge.Fleet.Connection;
using AsffEdge.Fleet.Output;
using AsffEdge.Fleet.Requests;
using AsffEdge.Fleet.State;
using AsffEdge.Messaging;

namespace AsffEdge.Fleet.Commands;

/// <summary><c>asff-fleet command</c></summary>
internal static class CommandCommand
{
    // An agent waits up to 10 s for the first frame of a profile before it says that it is done.
    private const double AnswersWithinS = 30;
    private static readonly TimeSpan RetainedWithin = TimeSpan.FromSeconds(10);

    /// <summary>The command.</summary>
    public static Command Create(BrokerArguments broker)
    {
        Argument<string[]> words = new("[AGENT] NAME [KEY=VALUE...]")
        {
            Description =
                "The agent's id, without --group; the command: "
                + string.Join(", ", CommandBody.Known)
                + "; and what it asks for: cameras.dock-1.profile=max is {\"cameras\":{\"dock-1\":{\"profile\":\"max\"}}}",
            HelpName = "[AGENT] NAME [KEY=VALUE...]",
            Arity = ArgumentArity.OneOrMore,
        };
        Option<string?> group = new("--group")
        {
            Description = "Send it to every agent of this group instead of one agent",
            HelpName = "GROUP",
        };
        Option<string?> jsonBody = new("--json-body")
        {
            Description =
                "What it asks for as a JSON object, or @FILE with one, instead of KEY=VALUE",
            HelpName = "JSON|@FILE",
        };
        Option<double> timeout = CommonOptions.Seconds(
            "--timeout",
            AnswersWithinS,
            "How long to wait for the last answer"
        );
        Option<bool> force = new("--force")
        {
            Description =
                "Send it even if the tool does not know the command, the agent would refuse it, or the agent is offline or unknown",
        };
        Option<bool> json = CommonOptions.Json("Write a line of JSON for each answer");
        group.Validators.Add(result => CommonOptions.RequireId(result, group.Name));
        group.CompletionSources.Add(_ => KnownNames.Load().Groups);
        words.CompletionSources.Add(context => Completions(context, words, group));
        Command command = new(
            "command",
            "Send a command to an agent or a group, and wait for the answers"
        );
        command.Arguments.Add(words);
        foreach (Option option in new Option[] { group, jsonBody, timeout, force, json })
        {
            command.Options.Add(option);
        }

        HelpWithExamples.AddTo(
            command,
            "asff-fleet command gate-07 ping",
            "asff-fleet command --group gates ping --timeout 5s",
            "asff-fleet command gate-07 camera.restart camera=dock-1",
            "asff-fleet command gate-07 footage.collect camera=dock-1 frames=20 gap_s=5 --timeout 150s",
            "asff-fleet command --group gates footage.list --json",
            "asff-fleet command gate-07 footage.purge camera=dock-1 day=2026-03-01",
            "asff-fleet command gate-07 profile.set profile=fast cameras.dock-1.profile=accurate",
            "asff-fleet command gate-07 profile.set --json-body @night.json --json"
        );
        command.SetAction(
            (arguments, ct) =>
            {
                Order order;
                try
                {
                    order = Read(
                        arguments.GetValue(words)!,
                        arguments.GetValue(group),
                        arguments.GetValue(jsonBody),
                        arguments.GetValue(force)
                    );
                }
                catch (Exception error)
                    when (error is FormatException or DocumentRejectedException or IOException)
                {
                    FleetCommand.Note(error.Message);
                    return Task.FromResult(ExitCodes.Usage);
                }

                AnswerPrinter printer = new(Console.Out, arguments.GetValue(json));
                TimeSpan within = TimeSpan.FromSeconds(arguments.GetValue(timeout));
                return FleetCommand.RunAsync(
                    broker,
                    arguments,
                    (connection, ending) => SendAsync(connection, order, within, printer, ending),
                    ct
                );
            }
        );
        return command;
    }

    private static Order Read(string[] words, string? group, string? jsonBody, bool isForced)
    {
        int names = group is null ? 2 : 1;
        if (words.Length < names)
        {
            throw new FormatException(
                "which command? for example: asff-fleet command gate-07 ping, or with --group GROUP instead of the agent"
            );
        }

        string? agent = group is null ? words[0] : null;
        if (agent is not null && !Identifier.IsValid(agent))
        {
            throw new FormatException($"AGENT is '{agent}'; allowed: {Identifier.Allowed}");
        }

        string name = words[names - 1];
        if (!CommandBody.Known.Contains(name) && !isForced)
        {
            throw new FormatException(
                $"'{name}' is no command that this tool knows{NearestName.Hint(name, CommandBody.Known)}; --force sends it nevertheless"
            );
        }

        if (name.AsSpan().ContainsAny('/', '+', '#'))
        {
            throw new FormatException(
                $"'{name}' cannot be the name of a command: it has /, + or # in it"
            );
        }

        if (jsonBody is not null && words.Length > names)
        {
            throw new FormatException(
                "--json-body and KEY=VALUE cannot both say what is asked for"
            );
        }

        JsonObject body = jsonBody switch
        {
            null => CommandBody.Parse(words[names..]),
            ['@', .. var file] => CommandBody.ParseJson(File.ReadAllText(file)),
            _ => CommandBody.ParseJson(jsonBody),
        };
        CommandBody.Complete(body, name, TimeProvider.System.GetUtcNow().UtcDateTime);
        if (!isForced)
        {
            CommandBody.Check(body, name);
        }

        return new Order(agent, group, name, body, isForced);
    }

    private static async Task<int> SendAsync(
        FleetConnection connection,
        Order order,
        TimeSpan within,
        AnswerPrinter printer,
        CancellationToken ct
    )
    {
        CommandCall call = new(connection, TimeProvider.System);
        IAsyncEnumerable<AnswerLine> answers;
        if (order.Group is { } group)
        {
            IReadOnlyList<FleetAgent> members = await MembersAsync(connection, group, ct)
                .ConfigureAwait(false);
            foreach (FleetAgent member in members.Where(member => !member.IsOnline))
            {
                printer.Write(AnswerLine.Offline(member.Id));
            }

            answers = call.SendToGroupAsync(
                group,
                [.. members.Where(member => member.IsOnline).Select(member => member.Id)],
                order.Name,
                order.Body,
                within,
                ct
            );
        }
        else
        {
            string agent = order.Agent!;
            if (
                !order.IsForced
                && await FindAsync(connection, agent, ct).ConfigureAwait(false)
                    is { IsOnline: false }
            )
            {
                printer.Write(AnswerLine.Offline(agent));
                return ExitCodes.Failed;
            }

            answers = call.SendAsync(agent, order.Name, order.Body, within, ct);
        }

        await foreach (AnswerLine answer in answers.ConfigureAwait(false))
        {
            printer.Write(answer);
        }

        if (order.Group is not null)
        {
            printer.WriteTotals();
        }

        return printer.AllDone ? ExitCodes.Done : ExitCodes.Failed;
    }

    private static async Task<IReadOnlyList<FleetAgent>> MembersAsync(
        FleetConnection connection,
        string group,
        CancellationToken ct
    )
    {
        FleetState state = await FleetLoader
            .LoadAsync(
                connection,
                [TopicKind.Status, TopicKind.Info],
                "+",
                RetainedWithin,
                FleetCommand.Note,
                ct
            )
            .ConfigureAwait(false);
        IReadOnlyList<FleetAgent> all = state.Agents;
        FleetAgent[] members = [.. all.Where(agent => agent.Groups.Contains(group))];
        return members.Length > 0
            ? members
            : throw AgentLookup.Unknown(
                group,
                "agent's group",
                [.. all.SelectMany(agent => agent.Groups).Distinct().Order(StringComparer.Ordinal)]
            );
    }

    private static async Task<FleetAgent> FindAsync(
        FleetConnection connection,
        string agent,
        CancellationToken ct
    )
    {
        FleetState state = await FleetLoader
            .LoadAsync(
                connection,
                [TopicKind.Status, TopicKind.Info],
                agent,
                RetainedWithin,
                FleetCommand.Note,
                ct
            )
            .ConfigureAwait(false);
        return state.Find(agent)
            ?? throw await AgentLookup.UnknownAsync(connection, agent, ct).ConfigureAwait(false);
    }

    private static IEnumerable<string> Completions(
        CompletionContext context,
        Argument<string[]> words,
        Option<string?> group
    )
    {
        int typed = (context.ParseResult.GetValue(words) ?? []).Count(word =>
            word != context.WordToComplete
        );
        int names = context.ParseResult.GetValue(group) is null ? 2 : 1;
        return typed == names - 1 ? CommandBody.Known
            : typed == 0 ? KnownNames.Load().Agents
            : [];
    }

    private sealed record Order(
        string? Agent,
        string? Group,
        string Name,
        JsonObject Body,
        bool IsForced
    );
}

using System.CommandLine;
using AsffEdge.Control.CommandLine;
using AsffEdge.Fleet.Connection;
using AsffEdge.Fleet.Models;
using AsffEdge.Fleet.Output;
using AsffEdge.Fleet.Requests;
using AsffEdge.Fleet.Rollouts;
using AsffEdge.Fleet.State;
using AsffEdge.Messaging;
using Spectre.Console;

namespace AsffEdge.Fleet.Commands;

/// <summary><c>asff-fleet model push</c></summary>
internal static class ModelPushCommand
{
    /// <summary>The command.</summary>
    public static Command Create(BrokerArguments broker)
    {
        ModelPushOptions options = new();
        Command command = new(
            "push",
            "Roll a model out to agents, and wait until they use it; exit code 0: every one does"
        );
        options.AddTo(command);
        HelpWithExamples.AddTo(
            command,
            "asff-fleet model push street.onnx --agent gate-07",
            "asff-fleet model push street.onnx --group gates --wave 5%,25%,100% --undo --yes",
            "asff-fleet model push https://models.example/street.onnx --all --min-agreement 0.7",
            "asff-fleet model push street.onnx --all --signature street.onnx.sig --stage-only",
            "asff-fleet model push street.onnx --all --dry-run"
        );
        command.SetAction(
            (arguments, ct) =>
                FleetCommand.RunAsync(
                    broker,
                    arguments,
                    (connection, ending) => RunAsync(options, arguments, connection, ending),
                    ct
                )
        );
        return command;
    }

    private static async Task<int> RunAsync(
        ModelPushOptions options,
        ParseResult arguments,
        FleetConnection connection,
        CancellationToken ct
    )
    {
        RolloutArguments rollout = options.Rollout;
        bool asJson = arguments.GetValue(rollout.Json);
        ModelFile model = await ModelFile
            .ReadAsync(options.ReadSource(arguments), ct)
            .ConfigureAwait(false);
        ModelOrder order = options.ReadOrder(arguments, model);
        FleetState state = await FleetLoader
            .LoadAsync(
                connection,
                [TopicKind.Status, TopicKind.Info, TopicKind.Models],
                "+",
                TimeSpan.FromSeconds(arguments.GetValue(rollout.Wait)),
                FleetCommand.Note,
                ct
            )
            .ConfigureAwait(false);
        IReadOnlyList<FleetAgent> agents = rollout.Find(arguments, state);
        IReadOnlyList<IReadOnlyList<string>> waves = Split(
            agents,
            (rollout.ReadWaves(arguments) ?? WaveSizes.AllAtOnce).Of(agents.Count)
        );
        string summary = ModelText.Summary(options.ReadSource(arguments), order, agents, waves);
        if (arguments.GetValue(rollout.DryRun))
        {
            ShowPlan(summary, agents, waves, asJson);
            return ExitCodes.Done;
        }

        if (
            !await Confirmation
                .MayGoOnAsync(rollout, arguments, agents.Count, summary, ct)
                .ConfigureAwait(false)
        )
        {
            return ExitCodes.Failed;
        }

        TextWriter lines = TextWriter.Synchronized(asJson ? Console.Error : Console.Out);
        await lines.WriteLineAsync(summary).ConfigureAwait(false);
        await using ModelChunks? chunks = model.Path is null
            ? null
            : await PublishAsync(connection, model, order.ChunkBytes, lines, ct)
                .ConfigureAwait(false);
        ModelRollout running = new(
            order,
            waves,
            options.ReadRollout(arguments),
            state,
            (asked, name, body, within, ending) =>
                new CommandCall(connection, TimeProvider.System).SendToEachAsync(
                    asked,
                    name,
                    body,
                    within,
                    ending
                ),
            TimeProvider.System
        );
        RolloutEnd end = await FollowAsync(running, lines, !asJson && FleetConsole.IsLive, ct)
            .ConfigureAwait(false);
        Show(order, running.Results, end, asJson);
        return end == RolloutEnd.Done ? ExitCodes.Done : ExitCodes.Failed;
    }

    private static List<IReadOnlyList<string>> Split(
        IReadOnlyList<FleetAgent> agents,
        IReadOnlyList<int> sizes
    )
    {
        List<IReadOnlyList<string>> waves = [];
        int told = 0;
        foreach (int size in sizes)
        {
            waves.Add([.. agents.Skip(told).Take(size).Select(agent => agent.Id)]);
            told += size;
        }

        return waves;
    }

    private static async Task<ModelChunks> PublishAsync(
        FleetConnection connection,
        ModelFile model,
        int chunkBytes,
        TextWriter lines,
        CancellationToken ct
    )
    {
        if (!FleetConsole.IsLive)
        {
            await lines.WriteLineAsync("handing the file to the broker").ConfigureAwait(false);
            return await Publish(_ => { }).ConfigureAwait(false);
        }

        return await AnsiConsole
            .Progress()
            .StartAsync(async progress =>
            {
                ProgressTask task = progress.AddTask(
                    "handing the file to the broker",
                    maxValue: model.Size
                );
                return await Publish(bytes => task.Value = bytes).ConfigureAwait(false);
            })
            .ConfigureAwait(false);

        Task<ModelChunks> Publish(Action<long> progress) =>
            ModelChunks.PublishAsync(
                connection,
                model,
                chunkBytes,
                progress,
                FleetCommand.Note,
                ct
            );
    }

    private static async Task<RolloutEnd> FollowAsync(
        ModelRollout rollout,
        TextWriter lines,
        bool isLive,
        CancellationToken ct
    )
    {
        if (!isLive)
        {
            rollout.AgentChanged += result => lines.WriteLine(ModelText.Line(result));
            return await rollout.RunAsync(ct).ConfigureAwait(false);
        }

        Task<RolloutEnd> running = rollout.RunAsync(ct);
        await ModelBoard.ShowAsync(FleetConsole.Output, rollout, running).ConfigureAwait(false);
        return await running.ConfigureAwait(false);
    }

    private static void ShowPlan(
        string summary,
        IReadOnlyList<FleetAgent> agents,
        IReadOnlyList<IReadOnlyList<string>> waves,
        bool asJson
    )
    {
        if (asJson)
        {
            FleetJson.WriteLine(
                Console.Out,
                new ModelPlanReport(waves),
                RolloutJson.Default.ModelPlanReport
            );
            return;
        }

        Console.Out.WriteLine(summary);
        FleetConsole.Write(width => ModelTable.OfAgents(agents, width));
    }

    private static void Show(
        ModelOrder order,
        IReadOnlyList<ModelResult> results,
        RolloutEnd end,
        bool asJson
    )
    {
        if (asJson)
        {
            FleetJson.WriteLine(
                Console.Out,
                new ModelRolloutReport(end, order.Sha256, order.By, results),
                RolloutJson.Default.ModelRolloutReport
            );
            return;
        }

        Console.Out.WriteLine($"{ModelText.Counts(results)}: {RolloutText.End(end)}");
        ModelResult[] shown = [.. results.Where(ModelTable.IsWorthShowing)];
        if (shown.Length > 0)
        {
            FleetConsole.Write(_ => ModelTable.OfResults(shown));
        }
    }
}

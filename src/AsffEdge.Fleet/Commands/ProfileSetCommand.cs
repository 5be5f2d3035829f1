using System.CommandLine;
using System.Security.Cryptography;
using System.Text.Json;
using AsffEdge.Control.CommandLine;
using AsffEdge.Control.Settings;
using AsffEdge.Fleet.Connection;
using AsffEdge.Fleet.Journal;
using AsffEdge.Fleet.Output;
using AsffEdge.Fleet.Rollouts;
using AsffEdge.Fleet.State;
using AsffEdge.Messaging;
using MQTTnet;

namespace AsffEdge.Fleet.Commands;

/// <summary><c>asff-fleet profile set</c></summary>
internal static class ProfileSetCommand
{
    private static readonly TopicKind[] Needed =
    [
        TopicKind.Status,
        TopicKind.Info,
        TopicKind.Reported,
        TopicKind.Desired,
    ];

    /// <summary>The command.</summary>
    public static Command Create(BrokerArguments broker)
    {
        ProfileSetOptions options = new();
        Command command = new(
            "set",
            "Switch agents to a profile, and wait until they have; exit code 0: every one has"
        );
        options.AddTo(command);
        HelpWithExamples.AddTo(
            command,
            "asff-fleet profile set fast --agent gate-07",
            "asff-fleet profile set accurate --agent gate-07 --camera dock-2",
            "asff-fleet profile set fast --group gates --camera dock-2=accurate",
            "asff-fleet profile set fast --all --wave 5%,25%,100% --max-failures 3 --undo --yes",
            "asff-fleet profile set accurate --all --wave 1,100% --min-fps 4 --dry-run",
            "asff-fleet profile set inherit --agent gate-07"
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
        ProfileSetOptions options,
        ParseResult arguments,
        FleetConnection connection,
        CancellationToken ct
    )
    {
        TimeSpan wait = TimeSpan.FromSeconds(arguments.GetValue(options.Rollout.Wait));
        bool asJson = arguments.GetValue(options.Rollout.Json);
        FleetState state = await FleetLoader
            .LoadAsync(connection, Needed, "+", wait, FleetCommand.Note, ct)
            .ConfigureAwait(false);
        RolloutPlan plan = new RolloutPlanner(state.Agents, state.Groups).Plan(
            options.Rollout.ReadTargets(arguments),
            options.ReadChange(arguments),
            options.Rollout.ReadWaves(arguments),
            options.Rollout.ReadAuthor(arguments),
            TimeProvider.System.GetUtcNow().UtcDateTime
        );
        foreach ((string topic, string reason) in state.Unreadable)
        {
            FleetCommand.Note($"{topic} cannot be read: {reason}");
        }

        foreach (string warning in plan.Warnings)
        {
            FleetCommand.Note(warning);
        }

        if (arguments.GetValue(options.Rollout.DryRun))
        {
            ShowPlan(plan, connection.Topics, state, asJson);
            return ExitCodes.Done;
        }

        if (plan.Waves.Count == 0)
        {
            throw new FleetException("no agent has such a camera, so there is nothing to do");
        }

        string summary = PlanTable.Summary(plan, state.Find);
        if (
            !await Confirmation
                .MayGoOnAsync(options.Rollout, arguments, plan.Targets.Count(), summary, ct)
                .ConfigureAwait(false)
        )
        {
            return ExitCodes.Failed;
        }

        using Rollout rollout = new(
            plan,
            options.ReadRollout(arguments),
            state,
            (order, token) => PublishAsync(connection, order, token),
            TimeProvider.System
        );
        bool isLive = !asJson && FleetConsole.IsLive;
        if (!isLive)
        {
            TextWriter output = asJson ? Console.Error : Console.Out;
            await output.WriteLineAsync(summary).ConfigureAwait(false);
            RolloutLines.Follow(rollout, output);
        }

        RolloutResult result = await RunJournaledAsync(rollout, connection, isLive, wait, ct)
            .ConfigureAwait(false);
        if (asJson)
        {
            FleetJson.WriteLine(
                Console.Out,
                RolloutReport.Of(plan, result),
                RolloutJson.Default.RolloutReport
            );
        }
        else
        {
            RolloutSummary.Write(plan, result);
        }

        return result.End == RolloutEnd.Done ? ExitCodes.Done : ExitCodes.Failed;
    }

    private static void ShowPlan(RolloutPlan plan, Topics topics, FleetState state, bool asJson)
    {
        if (asJson)
        {
            FleetJson.WriteLine(
                Console.Out,
                PlanReport.Of(plan, topics, state.Find),
                RolloutJson.Default.PlanReport
            );
        }
        else
        {
            Console.Out.WriteLine(PlanTable.Summary(plan, state.Find));
            FleetConsole.Write(width => PlanTable.Of(plan, state.Find, width));
        }
    }

    private static Task PublishAsync(
        FleetConnection connection,
        Order order,
        CancellationToken ct
    ) =>
        connection.PublishAsync(
            new MqttApplicationMessage
            {
                Topic = order.Topic(connection.Topics),
                PayloadSegment = JsonSerializer.SerializeToUtf8Bytes(
                    order.Document,
                    MessageJson.Wire.DesiredDocument
                ),
                Retain = true,
                ContentType = connection.IsVersion5 ? "application/json" : null,
            },
            ct
        );

    private static async Task<RolloutResult> RunJournaledAsync(
        Rollout rollout,
        FleetConnection connection,
        bool isLive,
        TimeSpan wait,
        CancellationToken ct
    )
    {
        RolloutRecorder recorder = new(
            RolloutJournal.Find(LayeredSettings.ProcessEnvironment()),
            FleetCommand.Note
        );
        string id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6));
        recorder.Start(id, connection.Address, rollout.Plan);
        using CancellationTokenSource ended = CancellationTokenSource.CreateLinkedTokenSource(ct);
        Task repeating = Task.CompletedTask;
        connection.Reconnected += Repeat;
        Task<RolloutResult> running = rollout.RunAsync(ct);
        if (isLive)
        {
            await RolloutBoard
                .ShowAsync(FleetConsole.Output, rollout, running)
                .ConfigureAwait(false);
        }

        RolloutResult result = await running.ConfigureAwait(false);
        connection.Reconnected -= Repeat;
        await ended.CancelAsync().ConfigureAwait(false);
        await repeating.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        recorder.End(id, result, TimeProvider.System.GetUtcNow().UtcDateTime);
        return result;

        void Repeat() => repeating = RepeatAsync();

        async Task RepeatAsync()
        {
            await connection.WaitForRetainedAsync(wait, ended.Token).ConfigureAwait(false);
            await rollout.RepeatAsync(ended.Token).ConfigureAwait(false);
        }
    }
}

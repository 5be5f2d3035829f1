using AsffEdge.Fleet.Rollouts;
using AsffEdge.Messaging;

namespace AsffEdge.Fleet.Tests.Rollouts;

/// <summary>Roll-outs among agents that answer as told, by a clock that the test owns.</summary>
public sealed class RolloutTests
{
    private static readonly TargetChoice All = new([], [], true);
    private static readonly ProfileChange Fast = new("fast");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task All_is_done_when_every_agent_has_settled()
    {
        ScriptedFleet fleet = ScriptedFleet.Of(10);
        fleet.AnswerAll(ReportedState.Applied);
        using Rollout rollout = fleet.Start(fleet.Plan(All, Fast, "1,50%"));

        RolloutResult result = await rollout.RunAsync(Ct);

        Assert.Equal(RolloutEnd.Done, result.End);
        Assert.Equal(3, result.Waves.Count);
        Assert.Equal(Enumerable.Range(0, 10).Select(agent => $"a-{agent}"), fleet.Told);
        Assert.Equal([1, 2, 2, 2, 2, 3, 3, 3, 3, 3], result.Agents.Select(agent => agent.Wave));
    }

    [Fact]
    public async Task A_wave_waits_until_the_one_before_has_settled()
    {
        ScriptedFleet fleet = ScriptedFleet.Of(3);
        using Rollout rollout = fleet.Start(fleet.Plan(All, Fast, "1,100%"));

        Task<RolloutResult> running = rollout.RunAsync(Ct);
        Order first = Assert.Single(fleet.Published);
        fleet.Say("a-0", first, ReportedState.Pending);
        await ScriptedFleet.Until(() =>
            rollout.Forward.Count(outcome => outcome == AgentOutcome.Pending) == 1
        );
        Assert.Single(fleet.Published);

        fleet.Say("a-0", first, ReportedState.Applied);
        await ScriptedFleet.Until(() => fleet.Published.Count == 3);
        foreach (Order order in fleet.Published.Skip(1))
        {
            fleet.Say(order.Name, order, ReportedState.Applied);
        }

        Assert.Equal(RolloutEnd.Done, (await running).End);
    }

    [Fact]
    public async Task Too_many_failures_stop_it_and_later_waves_are_told_nothing()
    {
        ScriptedFleet fleet = ScriptedFleet.Of(10);
        fleet.OnPublish = order =>
        {
            fleet.Say(
                order.Name,
                order,
                order.Name == "a-1" ? ReportedState.Rejected : ReportedState.Applied,
                order.Name == "a-1" ? ResultCode.BadSize : ResultCode.Ok
            );
            return Task.CompletedTask;
        };
        using Rollout rollout = fleet.Start(fleet.Plan(All, Fast, "3,100%"));

        RolloutResult result = await rollout.RunAsync(Ct);

        Assert.Equal(RolloutEnd.Stopped, result.End);
        Assert.Equal(["a-0", "a-1", "a-2"], fleet.Told);
        AgentResult failed = result.Agents[1];
        Assert.Equal(
            (AgentOutcome.Rejected, ResultCode.BadSize, "because"),
            (failed.Outcome, failed.Code, failed.Detail)
        );
        Assert.Equal(7, result.Agents.Count(agent => agent.Outcome == AgentOutcome.NotTold));
    }

    [Fact]
    public async Task As_many_failures_as_allowed_do_not_stop_it()
    {
        ScriptedFleet fleet = ScriptedFleet.Of(4);
        fleet.OnPublish = order =>
        {
            fleet.Say(
                order.Name,
                order,
                order.Name == "a-0" ? ReportedState.RolledBack : ReportedState.Applied,
                order.Name == "a-0" ? ResultCode.TooSlow : ResultCode.Ok
            );
            return Task.CompletedTask;
        };
        using Rollout rollout = fleet.Start(fleet.Plan(All, Fast, "1,100%"), maxFailures: 1);

        RolloutResult result = await rollout.RunAsync(Ct);

        Assert.Equal(RolloutEnd.Incomplete, result.End);
        Assert.Equal(4, fleet.Published.Count);
    }

    [Fact]
    public async Task Who_does_not_answer_in_time_is_a_failure_and_may_still_answer_later()
    {
        ScriptedFleet fleet = ScriptedFleet.Of(3);
        using Rollout rollout = fleet.Start(fleet.Plan(All, Fast, "1,100%"), maxFailures: 1);

        Task<RolloutResult> running = rollout.RunAsync(Ct);
        Order late = fleet.Published[0];
        fleet.Time.Advance(TimeSpan.FromSeconds(90));
        await ScriptedFleet.Until(() => fleet.Published.Count == 3);
        Assert.Equal(AgentOutcome.NoAnswer, rollout.Forward.Results[0].Outcome);

        foreach (Order order in fleet.Published)
        {
            fleet.Say(order.Name, order, ReportedState.Applied);
        }

        RolloutResult result = await running;
        Assert.Equal(RolloutEnd.Done, result.End);
        Assert.Equal(90_000, result.Agents[0].TookMs);
        Assert.Equal(late.Document.Rev, result.Agents[0].Rev);
    }

    [Fact]
    public async Task The_time_to_answer_begins_after_the_time_to_settle()
    {
        ScriptedFleet fleet = ScriptedFleet.Of(1);
        ProfileChange change = Fast with { Policy = new DesiredPolicy(300, null, null) };
        using Rollout rollout = fleet.Start(fleet.Plan(All, change));

        Task<RolloutResult> running = rollout.RunAsync(Ct);
        fleet.Say("a-0", fleet.Published[0], ReportedState.Pending);
        fleet.Time.Advance(TimeSpan.FromSeconds(359));
        await GoesOnAsync(running);
        fleet.Time.Advance(TimeSpan.FromSeconds(1));

        RolloutResult result = await running;
        Assert.Equal(RolloutEnd.Stopped, result.End);
        Assert.Equal(AgentOutcome.NotSettled, result.Agents[0].Outcome);
    }

    [Fact]
    public async Task Nobody_waits_for_agents_that_are_offline_and_they_are_no_failures()
    {
        ScriptedFleet fleet = ScriptedFleet.Of(3);
        fleet.Say("a-1", AgentState.Offline);
        fleet.OnPublish = order =>
        {
            if (order.Name != "a-1")
            {
                fleet.Say(order.Name, order, ReportedState.Applied);
            }

            return Task.CompletedTask;
        };
        using Rollout rollout = fleet.Start(fleet.Plan(All, Fast));

        RolloutResult result = await rollout.RunAsync(Ct);

        Assert.Equal(RolloutEnd.Incomplete, result.End);
        Assert.Equal(
            ["a-0 Done", "a-2 Done", "a-1 Offline"],
            result.Agents.Select(agent => $"{agent.Agent} {agent.Outcome}")
        );
    }

    [Fact]
    public async Task Who_goes_away_after_it_was_told_is_waited_for_and_fails()
    {
        ScriptedFleet fleet = ScriptedFleet.Of(1);
        using Rollout rollout = fleet.Start(fleet.Plan(All, Fast));

        Task<RolloutResult> running = rollout.RunAsync(Ct);
        fleet.Say("a-0", AgentState.Offline);
        fleet.Time.Advance(TimeSpan.FromSeconds(89));
        await GoesOnAsync(running);
        fleet.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(AgentOutcome.NoAnswer, (await running).Agents[0].Outcome);
    }

    [Fact]
    public async Task Who_comes_back_in_time_is_waited_for()
    {
        ScriptedFleet fleet = ScriptedFleet.Of(2);
        fleet.Say("a-1", AgentState.Offline);
        using Rollout rollout = fleet.Start(fleet.Plan(All, Fast));

        Task<RolloutResult> running = rollout.RunAsync(Ct);
        fleet.Say("a-1", AgentState.Online);
        fleet.Say("a-0", fleet.Published[0], ReportedState.Applied);
        await GoesOnAsync(running);
        fleet.Say("a-1", fleet.Published[1], ReportedState.Applied);

        Assert.Equal(RolloutEnd.Done, (await running).End);
    }

    [Fact]
    public async Task Undoing_brings_back_the_document_before_or_asks_for_nothing()
    {
        ScriptedFleet fleet = ScriptedFleet.Of(3);
        DesiredDocument before = new()
        {
            Rev = 42,
            By = "other@hq",
            Profile = "balanced",
            Policy = new DesiredPolicy(5, null, null),
        };
        fleet.Desire("a-0", before);
        fleet.Say("a-0", "agent", 42, ReportedState.Applied, profile: "balanced");
        fleet.OnPublish = order =>
        {
            bool fails = order is { Name: "a-1", Document.Profile: "fast" };
            fleet.Say(
                order.Name,
                order,
                fails ? ReportedState.RolledBack : ReportedState.Applied,
                fails ? ResultCode.TooSlow : ResultCode.Ok
            );
            return Task.CompletedTask;
        };
        using Rollout rollout = fleet.Start(fleet.Plan(All, Fast, "2,100%"), undo: true);

        RolloutResult result = await rollout.RunAsync(Ct);

        Assert.Equal(RolloutEnd.Undone, result.End);
        Assert.Equal(["a-0", "a-1", "a-0", "a-1"], fleet.Told);
        DesiredDocument[] undone = [.. fleet.Published.Skip(2).Select(order => order.Document)];
        long rev = fleet.Published[0].Document.Rev + 1;
        Assert.Equal(
            before with
            {
                Rev = rev,
                By = "ops@hq",
                Issued = FleetMessages.Now,
            },
            undone[0]
        );
        Assert.Equal(("inherit", rev), (undone[1].Profile, undone[1].Rev));
        Assert.Equal(
            [AgentOutcome.Done, AgentOutcome.Done, null],
            result.Agents.Select(agent => agent.Undo?.Outcome)
        );
    }

    [Fact]
    public async Task Undoing_leaves_alone_whom_somebody_else_has_told_something_newer()
    {
        ScriptedFleet fleet = ScriptedFleet.Of(2);
        fleet.OnPublish = order =>
        {
            fleet.Say(
                order.Name,
                "agent",
                order.Document.Rev + (order.Name == "a-1" ? 1 : 0),
                ReportedState.Applied
            );
            return Task.CompletedTask;
        };
        using Rollout rollout = fleet.Start(fleet.Plan(All, Fast), undo: true);

        RolloutResult result = await rollout.RunAsync(Ct);

        Assert.Equal(["a-0", "a-1", "a-0"], fleet.Told);
        Assert.Equal(AgentOutcome.Superseded, result.Agents[1].Outcome);
        Assert.Null(result.Agents[1].Undo);
    }

    [Fact]
    public async Task An_undo_that_fails_is_said_to()
    {
        ScriptedFleet fleet = ScriptedFleet.Of(1);
        fleet.OnPublish = order =>
        {
            fleet.Say("a-0", order, ReportedState.Rejected, ResultCode.Failed);
            return Task.CompletedTask;
        };
        using Rollout rollout = fleet.Start(fleet.Plan(All, Fast), undo: true);

        RolloutResult result = await rollout.RunAsync(Ct);

        Assert.Equal(RolloutEnd.NotUndone, result.End);
        Assert.Equal(AgentOutcome.Rejected, result.Agents[0].Undo!.Outcome);
    }

    [Fact]
    public async Task A_document_that_the_broker_refuses_is_a_failure_with_its_words()
    {
        ScriptedFleet fleet = ScriptedFleet.Of(2);
        fleet.OnPublish = order =>
            order.Name == "a-0"
                ? Task.FromException(new FleetException("not authorised"))
                : Task.CompletedTask;
        using Rollout rollout = fleet.Start(fleet.Plan(All, Fast));

        RolloutResult result = await rollout.RunAsync(Ct);

        Assert.Equal(RolloutEnd.Stopped, result.End);
        Assert.Equal(
            (AgentOutcome.NotSent, "not authorised"),
            (result.Agents[0].Outcome, result.Agents[0].Detail)
        );
    }

    [Fact]
    public async Task A_broker_that_is_away_holds_it_up_no_longer_than_the_time_to_answer()
    {
        ScriptedFleet fleet = ScriptedFleet.Of(1);
        fleet.OnPublish = _ => new TaskCompletionSource().Task;
        using Rollout rollout = fleet.Start(fleet.Plan(All, Fast));

        Task<RolloutResult> running = rollout.RunAsync(Ct);
        fleet.Time.Advance(TimeSpan.FromSeconds(90));

        Assert.Equal(AgentOutcome.NoAnswer, (await running).Agents[0].Outcome);
    }

    [Fact]
    public async Task Interrupted_it_says_who_has_been_told_and_what_is_open()
    {
        ScriptedFleet fleet = ScriptedFleet.Of(4);
        using Rollout rollout = fleet.Start(fleet.Plan(All, Fast, "3,100%"));
        using CancellationTokenSource interrupt = new();

        Task<RolloutResult> running = rollout.RunAsync(interrupt.Token);
        fleet.Say("a-0", fleet.Published[0], ReportedState.Applied);
        fleet.Say("a-1", fleet.Published[1], ReportedState.Pending);
        await interrupt.CancelAsync();

        RolloutResult result = await running;
        Assert.Equal(RolloutEnd.Interrupted, result.End);
        Assert.Equal(
            [AgentOutcome.Done, AgentOutcome.Pending, AgentOutcome.Waiting, AgentOutcome.NotTold],
            result.Agents.Select(agent => agent.Outcome)
        );
        Assert.Equal(3, fleet.Published.Count);
    }

    [Fact]
    public async Task Only_what_is_not_answered_is_published_again()
    {
        ScriptedFleet fleet = ScriptedFleet.Of(4);
        using Rollout rollout = fleet.Start(fleet.Plan(All, Fast, "3,100%"));

        Task<RolloutResult> running = rollout.RunAsync(Ct);
        fleet.Say("a-0", fleet.Published[0], ReportedState.Applied);
        fleet.Say("a-1", fleet.Published[1], ReportedState.Pending);
        await rollout.RepeatAsync(Ct);

        Assert.Equal(["a-0", "a-1", "a-2", "a-2"], fleet.Told);
        Assert.Same(fleet.Published[2], fleet.Published[3]);
        fleet.Time.Advance(TimeSpan.FromSeconds(90));
        await running;
    }

    [Fact]
    public async Task A_group_is_told_by_one_document_and_each_member_answers_for_it()
    {
        ScriptedFleet fleet = ScriptedFleet.Of(3);
        fleet.Add("other", groups: "yards");
        fleet.OnPublish = order =>
        {
            fleet.Say("a-0", order, ReportedState.Applied);
            fleet.Say("a-1", order, ReportedState.Overridden);
            fleet.Say("a-2", order, ReportedState.Applied);
            return Task.CompletedTask;
        };
        using Rollout rollout = fleet.Start(
            fleet.Plan(new TargetChoice([], ["gates"], false), Fast)
        );

        RolloutResult result = await rollout.RunAsync(Ct);

        Order order = Assert.Single(fleet.Published);
        Assert.Equal("asff-edge/v1/groups/gates/desired", order.Topic(FleetMessages.Topics));
        Assert.Equal(RolloutEnd.Incomplete, result.End);
        Assert.Equal(
            [AgentOutcome.Done, AgentOutcome.Overridden, AgentOutcome.Done],
            result.Agents.Select(agent => agent.Outcome)
        );
    }

    [Fact]
    public async Task A_group_goes_back_by_its_document_too()
    {
        ScriptedFleet fleet = ScriptedFleet.Of(2);
        DesiredDocument before = new() { Rev = 42, Profile = "balanced" };
        fleet.DesireOfGroup("gates", before);
        fleet.OnPublish = order =>
        {
            bool fails = order.Document.Profile == "fast";
            fleet.Say("a-0", order, ReportedState.Applied);
            fleet.Say(
                "a-1",
                order,
                fails ? ReportedState.Rejected : ReportedState.Applied,
                fails ? ResultCode.Failed : ResultCode.Ok
            );
            return Task.CompletedTask;
        };
        using Rollout rollout = fleet.Start(
            fleet.Plan(new TargetChoice([], ["gates"], false), Fast),
            undo: true
        );

        RolloutResult result = await rollout.RunAsync(Ct);

        Assert.Equal(RolloutEnd.Undone, result.End);
        Assert.Equal(["fast", "balanced"], fleet.Published.Select(order => order.Document.Profile));
        Assert.All(result.Agents, agent => Assert.Equal(AgentOutcome.Done, agent.Undo!.Outcome));
    }

    [Fact]
    public void Whatever_the_agents_answer_no_wave_starts_before_its_time() =>
        Laws.Hold(random =>
        {
            ScriptedFleet fleet = ScriptedFleet.Of(random.Next(1, 30));
            int failing = random.Next(0, 4);
            int allowed = random.Next(0, 3);
            HashSet<string> bad =
            [
                .. fleet
                    .State.Agents.Select(agent => agent.Id)
                    .OrderBy(_ => random.Next())
                    .Take(failing),
            ];
            fleet.OnPublish = order =>
            {
                bool fails = bad.Contains(order.Name);
                fleet.Say(
                    order.Name,
                    order,
                    fails ? ReportedState.Rejected : ReportedState.Applied,
                    fails ? ResultCode.BadSize : ResultCode.Ok
                );
                return Task.CompletedTask;
            };
            RolloutPlan plan = fleet.Plan(All, Fast, random.Next(2) == 0 ? "1,30%" : "10%,50%");
            using Rollout rollout = fleet.Start(plan, allowed);

            RolloutResult result = rollout
                .RunAsync(CancellationToken.None)
                .GetAwaiter()
                .GetResult();

            // A wave is told if and only if those before it had no more failures than allowed.
            int failures = 0;
            List<string> told = [];
            foreach (Wave wave in plan.Waves.TakeWhile(_ => failures <= allowed))
            {
                told.AddRange(wave.Targets.Select(target => target.Agent));
                failures = told.Count(bad.Contains);
            }

            Assert.Equal(told, fleet.Told);
            Assert.Equal(
                failures > allowed ? RolloutEnd.Stopped
                    : failures > 0 ? RolloutEnd.Incomplete
                    : RolloutEnd.Done,
                result.End
            );
            Assert.Equal(
                plan.Targets.Count() - told.Count,
                result.Agents.Count(agent => agent.Outcome == AgentOutcome.NotTold)
            );
            Assert.Equal(
                failures,
                result.Agents.Count(agent => agent.Outcome == AgentOutcome.Rejected)
            );
        });

    // What should have ended has, by then; what should not never does.
    private static async Task GoesOnAsync(Task running)
    {
        await Task.WhenAny(running, Task.Delay(100, Ct));
        Assert.False(running.IsCompleted);
    }
}

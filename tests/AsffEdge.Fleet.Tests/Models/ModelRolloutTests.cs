using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using AsffEdge.Fleet.Models;
using AsffEdge.Fleet.Requests;
using AsffEdge.Fleet.Rollouts;
using AsffEdge.Fleet.State;
using AsffEdge.Messaging;
using Microsoft.Extensions.Time.Testing;
using MQTTnet;

namespace AsffEdge.Fleet.Tests.Models;

/// <summary>Models rolled out to agents that answer and report as told, by a clock that the test owns.</summary>
public sealed class ModelRolloutTests
{
    private static readonly string Wanted = new('a', 64);
    private static readonly string Other = new('b', 64);

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(FleetMessages.Now));
    private readonly FleetState _state = new(FleetMessages.Topics);
    private readonly List<(string Agent, string Command)> _sent = [];
    private int _reports;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task All_is_done_when_every_agent_has_settled()
    {
        ModelRollout rollout = Start(
            [
                ["a", "b"],
                ["c"],
            ],
            Obey
        );

        Assert.Equal(RolloutEnd.Done, await rollout.RunAsync(Ct));

        Assert.All(rollout.Results, result => Assert.Equal(ModelOutcome.Done, result.Outcome));
        Assert.Equal([1, 1, 2], rollout.Results.Select(result => result.Wave));
        Assert.Equal(
            [
                ("a", "model.stage"),
                ("b", "model.stage"),
                ("a", "model.activate"),
                ("b", "model.activate"),
                ("c", "model.stage"),
                ("c", "model.activate"),
            ],
            _sent
        );
    }

    [Fact]
    public async Task Nobody_uses_a_model_that_too_many_could_not_fetch()
    {
        ModelRollout rollout = Start(
            [
                ["a", "b"],
                ["c"],
            ],
            (agent, command) =>
                agent == "a" && command == CommandName.ModelStage
                    ? Failed(agent, "not_fetched", "the server answered 404")
                    : Obey(agent, command)
        );

        Assert.Equal(RolloutEnd.Stopped, await rollout.RunAsync(Ct));

        Assert.Equal(
            [ModelOutcome.Failed, ModelOutcome.Staged, ModelOutcome.NotTold],
            rollout.Results.Select(result => result.Outcome)
        );
        Assert.Equal("not_fetched", rollout.Results[0].Code);
        Assert.DoesNotContain(_sent, sent => sent.Command == CommandName.ModelActivate);
    }

    [Fact]
    public async Task A_failure_that_is_allowed_leaves_the_others_to_go_on()
    {
        ModelRollout rollout = Start(
            [
                ["a", "b"],
            ],
            (agent, command) =>
                agent == "a" ? Failed(agent, "bad_signature", "not signed") : Obey(agent, command),
            maxFailures: 1
        );

        Assert.Equal(RolloutEnd.Incomplete, await rollout.RunAsync(Ct));

        Assert.Equal(
            [ModelOutcome.Failed, ModelOutcome.Done],
            rollout.Results.Select(result => result.Outcome)
        );
    }

    [Fact]
    public async Task Reports_stand_for_answers_that_were_lost()
    {
        ModelRollout rollout = Start(
            [
                ["a"],
            ],
            (agent, command) =>
            {
                if (command == CommandName.ModelStage)
                {
                    Report(agent, ModelChangeState.Staged);
                }
                else
                {
                    Report(agent, ModelChangeState.Settling);
                    Report(agent, ModelChangeState.Settled);
                }

                return AnswerLine.Missing(agent, TimeSpan.FromSeconds(1));
            }
        );

        Assert.Equal(RolloutEnd.Done, await rollout.RunAsync(Ct));
    }

    [Fact]
    public async Task What_an_agent_reported_of_an_earlier_attempt_does_not_count()
    {
        Add("a");
        Report("a", ModelChangeState.Failed, ResultCode.NotFetched);
        ModelRollout rollout = Start(
            [
                ["a"],
            ],
            (agent, command) =>
            {
                // Any news of the agent brings the old report up again.
                Take(
                    FleetMessages.Topics.Status(agent),
                    JsonSerializer.SerializeToUtf8Bytes(
                        FleetMessages.Status(),
                        MessageJson.Wire.StatusMessage
                    )
                );
                return Obey(agent, command);
            }
        );

        Assert.Equal(RolloutEnd.Done, await rollout.RunAsync(Ct));
    }

    [Fact]
    public async Task A_model_that_does_not_prove_itself_in_the_shadow_is_not_used()
    {
        ModelRollout rollout = Start(
            [
                ["a"],
            ],
            (agent, command) =>
            {
                if (command == CommandName.ModelStage)
                {
                    return Obey(agent, command);
                }

                Report(agent, ModelChangeState.Shadow);
                Report(agent, ModelChangeState.Failed, ResultCode.BadShadow, new(80, 2, 300));
                return Failed(
                    agent,
                    "bad_shadow",
                    "found 2 objects where the model in use found 300"
                );
            }
        );

        Assert.Equal(RolloutEnd.Stopped, await rollout.RunAsync(Ct));

        ModelResult result = Assert.Single(rollout.Results);
        Assert.Equal((ModelOutcome.Failed, "bad_shadow"), (result.Outcome, result.Code));
        Assert.Equal(80, result.Shadow!.Frames);
    }

    [Fact]
    public async Task Agents_that_used_it_go_back_when_others_had_to()
    {
        ModelRollout rollout = Start(
            [
                ["a", "b"],
            ],
            (agent, command) =>
            {
                if (agent == "b" && command == CommandName.ModelActivate)
                {
                    Report(agent, ModelChangeState.Settling);
                    Report(agent, ModelChangeState.RolledBack, ResultCode.TooSlow);
                    return Done(agent);
                }

                return Obey(agent, command);
            },
            undo: true
        );

        Assert.Equal(RolloutEnd.Undone, await rollout.RunAsync(Ct));

        Assert.Equal(
            [ModelOutcome.Done, ModelOutcome.RolledBack],
            rollout.Results.Select(result => result.Outcome)
        );
        Assert.Equal(("a", "model.rollback"), _sent[^1]);
        Assert.Equal("done", rollout.Results[0].Undo);
    }

    [Fact]
    public async Task One_that_does_not_say_that_it_has_settled_is_named()
    {
        ModelRollout rollout = Start(
            [
                ["a"],
            ],
            (agent, command) =>
            {
                if (command == CommandName.ModelStage)
                {
                    return Obey(agent, command);
                }

                Report(agent, ModelChangeState.Settling);
                return Done(agent);
            }
        );

        Task<RolloutEnd> running = rollout.RunAsync(Ct);
        while (!running.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(30));
            await Task.Delay(1, Ct);
        }

        Assert.Equal(RolloutEnd.Stopped, await running);
        ModelResult result = Assert.Single(rollout.Results);
        Assert.Equal(ModelOutcome.NoAnswer, result.Outcome);
        Assert.Contains("70 s", result.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_is_offline_and_who_runs_it_already_is_told_nothing()
    {
        Add("a", AgentState.Offline);
        Add("b");
        Report("b", ModelChangeState.Settled);
        ModelRollout rollout = Start(
            [
                ["a", "b"],
            ],
            Obey
        );

        Assert.Equal(RolloutEnd.Incomplete, await rollout.RunAsync(Ct));

        Assert.Equal(
            [ModelOutcome.Offline, ModelOutcome.Done],
            rollout.Results.Select(result => result.Outcome)
        );
        Assert.Empty(_sent);
    }

    [Fact]
    public async Task Fetching_alone_is_done_when_it_is_there()
    {
        ModelRollout rollout = Start(
            [
                ["a"],
            ],
            Obey,
            stageOnly: true
        );

        Assert.Equal(RolloutEnd.Done, await rollout.RunAsync(Ct));

        Assert.Equal(("a", "model.stage"), Assert.Single(_sent));
    }

    [Fact]
    public async Task Another_signature_reaches_those_that_run_it_already()
    {
        Add("a");
        Report("a", ModelChangeState.Settled);
        ModelRollout rollout = Start(
            [
                ["a", "b"],
            ],
            Obey,
            stageOnly: true,
            signature: "c2lnbmF0dXJl"
        );

        Assert.Equal(RolloutEnd.Done, await rollout.RunAsync(Ct));

        Assert.Equal([("a", "model.stage"), ("b", "model.stage")], _sent);
    }

    [Fact]
    public async Task Interrupted_it_says_so()
    {
        using CancellationTokenSource stop = new();
        ModelRollout rollout = Start(
            [
                ["a"],
            ],
            (agent, command) =>
            {
                stop.Cancel();
                return Done(agent);
            }
        );

        Assert.Equal(RolloutEnd.Interrupted, await rollout.RunAsync(stop.Token));
    }

    private static AnswerLine Done(string agent) => new(agent, "done", "ok", null, null, null);

    private static AnswerLine Failed(string agent, string code, string detail) =>
        new(agent, "failed", code, null, null, detail);

    private AnswerLine Obey(string agent, string command)
    {
        switch (command)
        {
            case CommandName.ModelStage:
                Report(agent, ModelChangeState.Staging);
                Report(agent, ModelChangeState.Staged);
                break;
            case CommandName.ModelActivate:
                Report(agent, ModelChangeState.Settling);
                Report(agent, ModelChangeState.Settled);
                break;
        }

        return Done(agent);
    }

    private ModelRollout Start(
        IReadOnlyList<IReadOnlyList<string>> waves,
        Func<string, string, AnswerLine> answer,
        int maxFailures = 0,
        bool undo = false,
        bool stageOnly = false,
        string? signature = null
    )
    {
        foreach (
            string agent in waves
                .SelectMany(wave => wave)
                .Where(agent => _state.Find(agent) is null)
        )
        {
            Add(agent);
        }

        return new ModelRollout(
            new ModelOrder(Wanted, 1000, "test")
            {
                StageOnly = stageOnly,
                Signature = signature,
                SettleS = 60,
            },
            waves,
            new ModelRolloutOptions(
                TimeSpan.FromSeconds(10),
                TimeSpan.FromSeconds(10),
                maxFailures,
                undo
            ),
            _state,
            Send,
            _time
        );

        async IAsyncEnumerable<AnswerLine> Send(
            IReadOnlyCollection<string> agents,
            string command,
            JsonObject body,
            TimeSpan within,
            [EnumeratorCancellation] CancellationToken ct
        )
        {
            // The agent would refuse a body that its reader refuses.
            CommandBody.Check(body, command);
            foreach (string agent in agents)
            {
                await Task.Yield();
                ct.ThrowIfCancellationRequested();
                _sent.Add((agent, command));
                yield return new AnswerLine(agent, "accepted", "ok", null, null, null);
                yield return answer(agent, command);
                ct.ThrowIfCancellationRequested();
            }
        }
    }

    private void Add(string agent, AgentState state = AgentState.Online) =>
        Take(
            FleetMessages.Topics.Status(agent),
            JsonSerializer.SerializeToUtf8Bytes(
                FleetMessages.Status(state),
                MessageJson.Wire.StatusMessage
            )
        );

    private void Report(
        string agent,
        ModelChangeState change,
        ResultCode code = ResultCode.Ok,
        ModelShadow? shadow = null
    )
    {
        bool isInUse = change is ModelChangeState.Settling or ModelChangeState.Settled;
        ModelsMessage message = new()
        {
            Current = new ModelUse("pedestrian", "1", isInUse ? Wanted : Other, FleetMessages.Now),
            Change = new ModelChange(
                Wanted,
                change,
                code,
                FleetMessages.Now.AddMilliseconds(++_reports)
            )
            {
                Shadow = shadow,
            },
        };
        Take(
            FleetMessages.Topics.Models(agent),
            JsonSerializer.SerializeToUtf8Bytes(message, MessageJson.Wire.ModelsMessage)
        );
    }

    private void Take(string topic, byte[] payload) =>
        _state.Take(new MqttApplicationMessage { Topic = topic, PayloadSegment = payload });
}

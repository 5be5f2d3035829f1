using System.Buffers;
using System.Text;
using System.Text.Json;
using AsffEdge.Control.Broker;
using AsffEdge.Control.Commands;
using AsffEdge.Control.Profiles;
using AsffEdge.Control.Tests.Profiles;
using AsffEdge.Messaging;
using Microsoft.Extensions.Logging.Abstractions;
using MQTTnet;

namespace AsffEdge.Control.Tests.Commands;

public sealed class CommandDeskTests : IDisposable
{
    private const string Replies = "asff-edge/v1/agents/gate-07/replies/";
    private const string SetFast = """{"v":1,"rev":5,"profile":"fast"}""";

    private readonly ProfileFixture _fixture = new();
    private readonly FirstFrameWatch _frames = new();
    private readonly List<MqttApplicationMessage> _answers = [];
    private readonly SemaphoreSlim _answered = new(0);
    private readonly ProfileController _controller;
    private readonly CommandDesk _desk;

    public CommandDeskTests()
    {
        _controller = _fixture.Start("gates");
        _fixture.Reported.Clear();
        _desk = new CommandDesk(
            "gate-07",
            new Topics("asff-edge/v1"),
            [
                new PingHandler(),
                new ProfileSetHandler(_controller, _frames, _fixture.Time),
                new BreakingHandler(),
            ],
            (answer, _) =>
            {
                lock (_answers)
                {
                    _answers.Add(answer);
                }

                _answered.Release();
                return ValueTask.FromResult(true);
            },
            _fixture.Time,
            NullLogger<CommandDesk>.Instance
        );
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _answered.Dispose();
        _fixture.Dispose();
    }

    [Fact]
    public async Task A_command_is_accepted_and_done_with_its_first_frame()
    {
        await HandleAsync(SetFast, correlation: "abc", responseTopic: Replies + "ops");
        _fixture.Time.Advance(TimeSpan.FromMilliseconds(412));
        Infer(change: 1);

        CommandReply accepted = await NextAsync();
        CommandReply done = await NextAsync();

        Assert.Equal(
            new CommandReply(ReplyState.Accepted, ResultCode.Ok, "gate-07") { Rev = 5 },
            accepted
        );
        Assert.Equal(
            new CommandReply(ReplyState.Done, ResultCode.Ok, "gate-07") { Rev = 5, TookMs = 412 },
            done
        );
        Assert.All(_answers, answer => Assert.Equal(Replies + "ops", answer.Topic));
        Assert.All(
            _answers,
            answer => Assert.Equal("abc", Encoding.UTF8.GetString(answer.CorrelationData))
        );
        Assert.Equal(5, _controller.Selection.Current.Revision);
    }

    [Fact]
    public async Task A_frame_of_before_the_switch_does_not_count()
    {
        await HandleAsync(SetFast);
        await NextAsync();
        Infer(change: 0);
        Assert.Single(_answers);

        Infer(change: 1);

        Assert.Equal(ReplyState.Done, (await NextAsync()).State);
    }

    [Fact]
    public async Task Without_frames_it_is_done_after_ten_seconds_without_a_time()
    {
        await HandleAsync(SetFast);
        await NextAsync();

        _fixture.Time.Advance(TimeSpan.FromSeconds(10));

        CommandReply done = await NextAsync();
        Assert.Equal(ReplyState.Done, done.State);
        Assert.Null(done.TookMs);
        Assert.Contains("no frame", done.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"v":1,"rev":5,"profile":"none"}""", ResultCode.UnknownProfile)]
    [InlineData(
        """{"v":1,"rev":5,"profile":"fast","profiles":{"fast":{"size":321}}}""",
        ResultCode.BadSize
    )]
    [InlineData(
        """{"v":1,"rev":5,"profile":"fast","profiles":{"fast":{"size":640}}}""",
        ResultCode.BadSize
    )]
    [InlineData("""{"v":1,"rev":5,"profle":"fast"}""", ResultCode.BadDocument)]
    public async Task A_bad_command_fails_once_changes_nothing_and_is_reported(
        string json,
        ResultCode code
    )
    {
        await HandleAsync(json, correlation: "abc");

        CommandReply failed = await NextAsync();
        Assert.Equal(ReplyState.Failed, failed.State);
        Assert.Equal(code, failed.Code);
        Assert.False(failed.Ok);
        Assert.Equal(5, failed.Rev);
        Assert.NotEmpty(failed.Detail!);
        Assert.Single(_answers);
        Assert.Equal(0, _controller.Selection.Current.Revision);
        Assert.Equal(ReportedState.Rejected, _fixture.Last.State);
        Assert.Equal(code, _fixture.Last.Code);
    }

    [Theory]
    [InlineData("asff-edge/v1/agents/gate-08/replies/ops")]
    [InlineData("asff-edge/v1/agents/gate-08/commands/profile.set")]
    [InlineData("asff-edge/v1/agents/gate-07/commands/profile.set")]
    [InlineData("asff-edge/v1/agents/gate-07/desired")]
    [InlineData(Replies + "#")]
    [InlineData(Replies + "+")]
    [InlineData(Replies)]
    [InlineData(null)]
    public async Task Answers_never_leave_the_agents_own_replies(string? responseTopic)
    {
        await HandleAsync(SetFast, responseTopic: responseTopic);

        await NextAsync();
        Assert.Equal(Replies + "default", _answers[0].Topic);
    }

    [Fact]
    public async Task A_command_that_comes_again_is_answered_again_and_not_carried_out_again()
    {
        await HandleAsync(SetFast, correlation: "abc");
        Infer(change: 1);
        await NextAsync();
        CommandReply done = await NextAsync();
        ReportedDocument reported = _fixture.Last;
        _fixture.Time.Advance(TimeSpan.FromMinutes(9));

        await HandleAsync(SetFast, correlation: "abc", responseTopic: Replies + "late");

        Assert.Equal(done, await NextAsync());
        Assert.Equal(Replies + "late", _answers[^1].Topic);
        Assert.Equal(1, _controller.Selection.Current.Change);
        Assert.Equal(reported.RevSeen, _fixture.Last.RevSeen);
    }

    [Fact]
    public async Task After_ten_minutes_a_correlation_id_is_forgotten()
    {
        await HandleAsync(SetFast, correlation: "abc");
        Infer(change: 1);
        await NextAsync();
        await NextAsync();
        _fixture.Time.Advance(TimeSpan.FromMinutes(11));

        await HandleAsync(SetFast, correlation: "abc");

        Assert.Equal(ResultCode.StaleRev, (await NextAsync()).Code);
    }

    [Fact]
    public async Task Only_the_last_256_correlation_ids_are_remembered()
    {
        for (int rev = 1; rev <= 257; rev++)
        {
            await HandleAsync(
                $$"""{"v":1,"rev":{{rev}},"profile":"fast"}""",
                correlation: $"id{rev}"
            );
            await NextAsync();
        }

        await HandleAsync("""{"v":1,"rev":2,"profile":"fast"}""", correlation: "id2");
        Assert.Equal(ResultCode.Ok, (await NextAsync()).Code);
        await HandleAsync("""{"v":1,"rev":1,"profile":"fast"}""", correlation: "id1");
        Assert.Equal(ResultCode.StaleRev, (await NextAsync()).Code);
    }

    [Fact]
    public async Task A_retained_command_is_refused()
    {
        await HandleAsync(SetFast, retained: true);

        await AssertExpiredAsync("retained");
    }

    [Theory]
    [InlineData("2026-11-23T04:55:00Z", true)]
    [InlineData("2026-11-23T04:54:59Z", false)]
    [InlineData("2025-11-23T05:00:00Z", false)]
    [InlineData("2026-11-23T05:10:00Z", true)] // a sender whose clock runs ahead
    public async Task A_command_older_than_300_seconds_is_refused(string issued, bool taken)
    {
        await HandleAsync($$"""{"v":1,"rev":5,"profile":"fast","issued":"{{issued}}"}""");

        if (taken)
        {
            Assert.Equal(ReplyState.Accepted, (await NextAsync()).State);
        }
        else
        {
            await AssertExpiredAsync("allowed: at most 300 s");
        }
    }

    [Fact]
    public async Task A_command_whose_expiry_passes_while_it_waits_is_refused()
    {
        InboundMessage message = Message(SetFast) with { Lifetime = TimeSpan.FromSeconds(5) };
        _fixture.Time.Advance(TimeSpan.FromSeconds(6));

        await _desk.HandleAsync("profile.set", null, message, Ct);

        await AssertExpiredAsync("expiry");
    }

    [Fact]
    public async Task An_unknown_command_is_answered_with_those_there_are()
    {
        await _desk.HandleAsync("profile.get", null, Message("{}"), Ct);

        CommandReply reply = await NextAsync();
        Assert.Equal(ResultCode.UnknownCommand, reply.Code);
        Assert.Contains("did you mean 'profile.set'?", reply.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_ping_is_answered_with_the_time_it_waited()
    {
        InboundMessage ping = Message("""{"v":1,"by":"ops"}""");
        _fixture.Time.Advance(TimeSpan.FromMilliseconds(7));

        await _desk.HandleAsync("ping", null, ping, Ct);

        Assert.Equal(
            new CommandReply(ReplyState.Done, ResultCode.Ok, "gate-07") { TookMs = 7 },
            await NextAsync()
        );
    }

    [Fact]
    public async Task A_ping_with_an_unknown_key_is_refused_and_leaves_what_is_reported_alone()
    {
        await _desk.HandleAsync("ping", null, Message("""{"v":1,"issud":"x"}"""), Ct);

        CommandReply reply = await NextAsync();
        Assert.Equal(ResultCode.BadDocument, reply.Code);
        Assert.Contains("did you mean 'issued'?", reply.Detail, StringComparison.Ordinal);
        Assert.Empty(_fixture.Reported);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("asff-edge/v1/agents/gate-08/replies/ops")]
    public async Task A_command_to_a_group_is_answered_below_the_agents_own_replies(string? asked)
    {
        InboundMessage ping = Message("""{"v":1}""") with
        {
            Topic = "asff-edge/v1/groups/gates/commands/ping",
            ResponseTopic = asked,
            CorrelationData = [7],
        };

        await _desk.HandleAsync("ping", "gates", ping, Ct);

        Assert.Equal(ReplyState.Done, (await NextAsync()).State);
        Assert.Equal(Replies + "default", _answers[0].Topic);
        Assert.Equal([7], _answers[0].CorrelationData);
    }

    [Fact]
    public async Task A_profile_is_set_for_a_group_and_every_agent_of_it_answers_in_its_own_place()
    {
        await HandleAsync("""{"v":1,"rev":7,"profile":"fast"}""", group: "gates");
        Infer(change: 1);

        Assert.Equal(ReplyState.Accepted, (await NextAsync()).State);
        CommandReply done = await NextAsync();
        Assert.Equal((ReplyState.Done, 7), (done.State, done.Rev));
        Assert.All(_answers, answer => Assert.Equal(Replies + "default", answer.Topic));
        Assert.Equal(("group:gates", 7), (_fixture.Last.Source, _fixture.Last.RevApplied));

        await HandleAsync("""{"v":1,"rev":8,"profile":"none"}""", group: "gates");
        Assert.Equal(ResultCode.UnknownProfile, (await NextAsync()).Code);
        await HandleAsync("""{"v":1,"rev":8}""", group: "gates");
        Assert.Equal(ResultCode.BadDocument, (await NextAsync()).Code);
        Assert.Equal(ResultCode.BadDocument, _fixture.Last.Sources!["group:gates"].Code);
    }

    [Fact]
    public async Task A_command_that_a_stronger_document_overrides_is_done_and_says_so()
    {
        await HandleAsync(SetFast);
        await NextAsync();

        await HandleAsync("""{"v":1,"rev":7,"profile":"balanced"}""", group: "gates");

        Assert.Equal(ReplyState.Accepted, (await NextAsync()).State);
        CommandReply done = await NextAsync();
        Assert.Equal((ReplyState.Done, null), (done.State, done.TookMs));
        Assert.Equal("stored; the document of 'agent' stays in force", done.Detail);
    }

    [Fact]
    public async Task Of_a_storm_of_commands_those_overtaken_are_answered_as_superseded()
    {
        TaskCompletionSource warm = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _fixture.Warm = _ => warm.Task;
        for (int rev = 1; rev <= 100; rev++)
        {
            int size = 320 + (32 * (rev % 8));
            await HandleAsync(
                $$"""{"v":1,"rev":{{rev}},"profile":"x","profiles":{"x":{"size":{{size}} } } }"""
            );
        }

        warm.SetResult();
        for (int waited = 0; _controller.Selection.Current.Revision < 100; waited++)
        {
            Assert.True(waited < 1000, "the last command was not carried out");
            await Task.Delay(10, Ct);
        }

        Infer(change: _controller.Selection.Current.Change);
        List<CommandReply> replies = [];
        while (replies.Count < 200)
        {
            replies.Add(await NextAsync());
        }

        Assert.Equal(100, replies.Count(reply => reply.State == ReplyState.Accepted));
        CommandReply[] last = [.. replies.Where(reply => reply.State != ReplyState.Accepted)];
        Assert.Equal(Enumerable.Range(1, 100), last.Select(reply => (int)reply.Rev!).Order());
        Assert.Equal(ReplyState.Done, last.Single(reply => reply.Rev == 100).State);
        Assert.InRange(last.Count(reply => reply.Code == ResultCode.Superseded), 98, 99);
    }

    [Fact]
    public async Task What_is_retained_is_refused_for_that_even_if_it_cannot_be_read()
    {
        await HandleAsync("{", retained: true);

        await AssertExpiredAsync("retained");
        Assert.Empty(_fixture.Reported);
    }

    [Fact]
    public async Task A_command_that_fails_on_its_way_is_answered()
    {
        await _desk.HandleAsync(BreakingHandler.CommandName, null, Message("""{"v":1}"""), Ct);

        CommandReply failed = await NextAsync();
        Assert.Equal((ReplyState.Failed, ResultCode.Failed), (failed.State, failed.Code));
        Assert.Equal("out of paper", failed.Detail);
    }

    [Fact]
    public async Task What_mqtt_3_has_no_place_for_is_taken_from_the_json_and_given_back_in_it()
    {
        string json = $$"""
            {"v":1,"rev":5,"profile":"fast","response_topic":"{{Replies}}old","correlation_id":"77"}
            """;

        await HandleAsync(json);
        await HandleAsync(json);

        Assert.Equal("77", (await NextAsync()).CorrelationId);
        Assert.Equal(ReplyState.Accepted, (await NextAsync()).State);
        Assert.All(_answers, answer => Assert.Equal(Replies + "old", answer.Topic));
    }

    private async Task AssertExpiredAsync(string expected)
    {
        CommandReply reply = await NextAsync();
        Assert.Equal(ReplyState.Failed, reply.State);
        Assert.Equal(ResultCode.Expired, reply.Code);
        Assert.Contains(expected, reply.Detail, StringComparison.Ordinal);
        Assert.Equal(0, _controller.Selection.Current.Revision);
    }

    private Task HandleAsync(
        string json,
        string? correlation = null,
        string? responseTopic = null,
        bool retained = false,
        string? group = null
    ) =>
        _desk.HandleAsync(
            "profile.set",
            group,
            Message(json) with
            {
                CorrelationData = correlation is null ? null : Encoding.UTF8.GetBytes(correlation),
                ResponseTopic = responseTopic,
                Retained = retained,
            },
            Ct
        );

    private InboundMessage Message(string json) =>
        new(
            "asff-edge/v1/agents/gate-07/commands/profile.set",
            Encoding.UTF8.GetBytes(json),
            false,
            null,
            null,
            _fixture.Time.GetTimestamp(),
            null
        );

    private void Infer(long change) => _frames.OnFrame(change);

    private int _read;

    private async Task<CommandReply> NextAsync()
    {
        Assert.True(await _answered.WaitAsync(TimeSpan.FromSeconds(10), Ct), "no answer came");
        lock (_answers)
        {
            byte[] payload = _answers[_read++].Payload.ToArray();
            return JsonSerializer.Deserialize(payload, MessageJson.Wire.CommandReply)!;
        }
    }

    /// <summary>Fails as code with a fault does.</summary>
    private sealed class BreakingHandler : ICommandHandler
    {
        public const string CommandName = "print";

        public string Name => CommandName;

        public CommandDocument Read(ReadOnlyMemory<byte> payload) =>
            CommandReader.ReadPing(payload);

        public async Task<Task<string?>> BeginAsync(
            CommandDocument command,
            CommandExchange exchange,
            CancellationToken ct
        )
        {
            await Task.Yield();
            return Task.FromException<string?>(new InvalidOperationException("out of paper"));
        }
    }
}

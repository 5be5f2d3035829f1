using System.Text.Json;
using AsffEdge.Messaging;
using AsffEdge.Tests.Brokers;
using MQTTnet;

namespace AsffEdge.Fleet.Tests.Commands;

/// <summary><c>asff-fleet command</c> as a process, against Mosquitto and agents made of the agent's own client.</summary>
[Trait("Category", "System")]
public sealed class CommandCommandTests : IAsyncLifetime
{
    private readonly TemporaryFolder _home = new();
    private readonly Mosquitto _broker = new();

    public async ValueTask InitializeAsync() => await _broker.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _broker.DisposeAsync();
        _home.Dispose();
    }

    [Theory]
    [InlineData("5", "5")]
    [InlineData("3.1.1", "3.1.1")]
    [InlineData("5", "3.1.1")]
    [InlineData("3.1.1", "5")]
    public async Task Accepted_and_done_are_printed_whichever_protocol_either_side_speaks(
        string ours,
        string theirs
    )
    {
        await using AnsweringAgent agent = await AnsweringAgent.StartAsync(
            "gate-07",
            _broker.Port,
            theirs
        );

        FleetProgram.Outcome outcome = await RunAsync(
            "gate-07",
            "camera.restart",
            "camera=dock-1",
            "--protocol",
            ours
        );

        Assert.Equal("", outcome.Errors);
        Assert.Equal(
            ["gate-07 accepted", "gate-07 done: restarted, but it shows nothing yet"],
            outcome.Lines
        );
        Assert.Equal(0, outcome.ExitCode);
    }

    [Fact]
    public async Task A_command_that_fails_is_a_failure_with_the_agents_words()
    {
        await using AnsweringAgent agent = await AnsweringAgent.StartAsync("gate-07", _broker.Port);

        FleetProgram.Outcome outcome = await RunAsync("gate-07", "snapshot", "camera=dock-1");

        Assert.Equal(["gate-07 failed, failed: the lens is?[31m covered"], outcome.Lines);
        Assert.Equal(1, outcome.ExitCode);
    }

    [Fact]
    public async Task A_group_is_waited_for_and_who_does_not_answer_is_named()
    {
        using Observer observer = await Observer.ConnectAsync(_broker.Port);
        await observer.PublishAgentAsync("gate-09", groups: "gates");
        await observer.PublishAgentAsync("gate-10", AgentState.Offline, groups: "gates");
        await observer.PublishAgentAsync("yard-01", groups: "yard");
        await using AnsweringAgent one = await AnsweringAgent.StartAsync(
            "gate-07",
            _broker.Port,
            groups: "gates"
        );
        await using AnsweringAgent other = await AnsweringAgent.StartAsync(
            "gate-08",
            _broker.Port,
            "3.1.1",
            "oslo",
            "gates"
        );

        FleetProgram.Outcome outcome = await RunAsync(
            "--group",
            "gates",
            "ping",
            "--timeout",
            "3s"
        );

        Assert.Equal("", outcome.Errors);
        Assert.Equal("4 agents: 2 done, 1 no answer, 1 offline", outcome.Lines[^1]);
        Assert.Equal(
            [
                "gate-07 done",
                "gate-08 done",
                "gate-09 no answer: none within 3 s",
                "gate-10 offline: commands are not kept for who is away",
            ],
            outcome.Lines[..^1].Select(line => line.Split(", in ")[0]).Order(StringComparer.Ordinal)
        );
        Assert.Equal(1, outcome.ExitCode);
    }

    [Fact]
    public async Task Answers_are_json_too()
    {
        await using AnsweringAgent agent = await AnsweringAgent.StartAsync("gate-07", _broker.Port);

        FleetProgram.Outcome outcome = await RunAsync("gate-07", "ping", "--json");

        JsonElement answer = JsonDocument.Parse(Assert.Single(outcome.Lines)).RootElement;
        Assert.Equal("gate-07", answer.GetProperty("agent").GetString());
        Assert.Equal("done", answer.GetProperty("state").GetString());
        Assert.Equal("ok", answer.GetProperty("code").GetString());
        Assert.InRange(answer.GetProperty("took_ms").GetInt64(), 0, 10_000);
        Assert.Equal(0, outcome.ExitCode);
    }

    [Fact]
    public async Task An_agent_that_is_away_is_sent_nothing_unless_forced()
    {
        using Observer observer = await Observer.ConnectAsync(_broker.Port);
        await observer.PublishAgentAsync("gate-07", AgentState.Offline);

        FleetProgram.Outcome outcome = await RunAsync("gate-07", "ping");
        FleetProgram.Outcome forced = await RunAsync(
            "gate-07",
            "model.stage",
            "--force",
            "--timeout",
            "0.5",
            "--json-body",
            """{"url":"x"}"""
        );

        Assert.Equal(["gate-07 offline: commands are not kept for who is away"], outcome.Lines);
        Assert.Equal(1, outcome.ExitCode);
        Assert.Equal(["gate-07 no answer: none within 0.5 s"], forced.Lines);
        Assert.Equal(1, forced.ExitCode);
        MqttApplicationMessage command = Assert.Single(
            observer.Seen,
            message => message.Topic.Contains("/commands/", StringComparison.Ordinal)
        );
        Assert.Equal("asff-edge/v1/agents/gate-07/commands/model.stage", command.Topic);
        JsonElement body = JsonDocument.Parse(Observer.Text(command)).RootElement;
        Assert.Equal("x", body.GetProperty("url").GetString());
        Assert.Equal(command.ResponseTopic, body.GetProperty("response_topic").GetString());
        Assert.True(FleetMessages.Topics.IsReplyOf("gate-07", command.ResponseTopic));
        Assert.Equal(
            System.Text.Encoding.UTF8.GetString(command.CorrelationData),
            body.GetProperty("correlation_id").GetString()
        );
        Assert.False(command.Retain);
        Assert.Equal(1u, command.MessageExpiryInterval);
    }

    [Fact]
    public async Task An_unknown_agent_or_group_gets_the_nearest_name()
    {
        using Observer observer = await Observer.ConnectAsync(_broker.Port);
        await observer.PublishAgentAsync("gate-07", groups: "gates");

        FleetProgram.Outcome agent = await RunAsync("gate-7", "ping");
        FleetProgram.Outcome group = await RunAsync("--group", "gate", "ping");

        Assert.Equal(
            "asff-fleet: 'gate-7' is no agent that the broker knows; did you mean 'gate-07'?\n",
            agent.Errors
        );
        Assert.Equal(
            "asff-fleet: 'gate' is no agent's group that the broker knows; did you mean 'gates'?\n",
            group.Errors
        );
        Assert.Equal((1, 1), (agent.ExitCode, group.ExitCode));
    }

    [Theory]
    [InlineData("gate-07", "which command?")]
    [InlineData("gate-07 pnig", "'pnig' is no command that this tool knows; did you mean 'ping'?")]
    [InlineData("+ ping", "AGENT is '+'; allowed: 1 to 48 of a-z, 0-9 and '-'")]
    [InlineData("gate-07 a/b --force", "'a/b' cannot be the name of a command")]
    [InlineData("gate-07 snapshot", "'camera' is missing")]
    [InlineData("gate-07 ping fast", "'fast' is no KEY=VALUE")]
    [InlineData("gate-07 ping a=1 --json-body {}", "--json-body and KEY=VALUE cannot both")]
    [InlineData("gate-07 ping --json-body @/no/such", "Could not find")]
    [InlineData("--group Gates ping", "--group is 'Gates'; allowed: 1 to 48")]
    public async Task Wrong_usage_is_told_before_anything_is_sent(string arguments, string problem)
    {
        FleetProgram.Outcome outcome = await FleetProgram.RunAsync(
            _home.Path,
            ["command", "--broker", "127.0.0.1:1", .. arguments.Split(' ')]
        );

        Assert.Contains(problem, outcome.Errors, StringComparison.Ordinal);
        Assert.Equal(2, outcome.ExitCode);
    }

    private Task<FleetProgram.Outcome> RunAsync(params string[] arguments) =>
        FleetProgram.RunAsync(
            _home.Path,
            ["command", "--broker", $"127.0.0.1:{_broker.Port}", .. arguments]
        );
}

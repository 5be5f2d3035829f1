using System.Text.Json;
using AsffEdge.Messaging;
using AsffEdge.Tests.Brokers;

namespace AsffEdge.Fleet.Tests.Commands;

/// <summary><c>asff-fleet agents</c> as a process, against Mosquitto.</summary>
[Trait("Category", "System")]
public sealed class AgentsCommandTests : IAsyncLifetime
{
    private readonly TemporaryFolder _home = new();
    private readonly Mosquitto _broker = new();
    private Observer _observer = null!;

    public async ValueTask InitializeAsync()
    {
        await _broker.StartAsync();
        _observer = await Observer.ConnectAsync(_broker.Port);
        await _observer.PublishAgentAsync("gate-07", groups: "gates");
        await _observer.PublishAgentAsync("gate-08", AgentState.Offline, groups: "gates");
        await _observer.PublishAgentAsync(
            "yard-01",
            reported: FleetMessages.Reported("fast", 42, ReportedState.Rejected, ResultCode.BadSize)
        );
    }

    public async ValueTask DisposeAsync()
    {
        _observer.Dispose();
        await _broker.DisposeAsync();
        _home.Dispose();
    }

    [Fact]
    public async Task Lists_every_agent_in_order_in_a_table_of_at_most_100_columns()
    {
        FleetProgram.Outcome outcome = await RunAsync();

        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Errors));
        string[] agents =
        [
            .. outcome
                .Lines.Select(line => line.Trim().Split(' ')[0])
                .Where(id => id.Contains('-', StringComparison.Ordinal) && !id.StartsWith('-')),
        ];
        Assert.Equal(["gate-07", "gate-08", "yard-01"], agents);
        Assert.All(outcome.Lines, line => Assert.InRange(line.Length, 0, 100));
        string rejected = outcome.Lines.Single(line =>
            line.Contains("yard-01", StringComparison.Ordinal)
        );
        Assert.Contains("rejected bad_size", rejected, StringComparison.Ordinal);
        Assert.Contains("1/2", rejected, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--group gates", "gate-07 gate-08")]
    [InlineData("--group gates --state offline", "gate-08")]
    [InlineData("--profile fast", "yard-01")]
    [InlineData("--state online --state offline", "gate-07 gate-08 yard-01")]
    [InlineData("--report rejected", "yard-01")]
    [InlineData("--camera no-such", "")]
    public async Task Picks_agents(string filter, string expected)
    {
        FleetProgram.Outcome outcome = await RunAsync([.. filter.Split(' '), "--json"]);

        string[] agents =
        [
            .. outcome.Lines.Select(line =>
                JsonDocument.Parse(line).RootElement.GetProperty("agent").GetString()!
            ),
        ];
        Assert.Equal(expected, string.Join(' ', agents));
        Assert.Equal(0, outcome.ExitCode);
    }

    [Fact]
    public async Task Writes_what_the_agent_has_published_as_json()
    {
        FleetProgram.Outcome outcome = await RunAsync(
            "--json",
            "--group",
            "gates",
            "--state",
            "online"
        );

        JsonElement agent = JsonDocument.Parse(Assert.Single(outcome.Lines)).RootElement;
        Assert.Equal(
            "2026-11-23T05:00:00.000000Z",
            agent.GetProperty("status").GetProperty("ts").GetString()
        );
        Assert.Equal("applied", agent.GetProperty("reported").GetProperty("state").GetString());
        Assert.Equal(
            "online",
            agent.GetProperty("cameras").GetProperty("dock-1").GetProperty("state").GetString()
        );
        Assert.False(agent.TryGetProperty("health", out _));
    }

    [Fact]
    public async Task Says_which_message_it_cannot_read_and_goes_on()
    {
        await _observer.PublishAsync(
            FleetMessages.Topics.Reported("gate-07"),
            "{\"v\":",
            retain: true
        );

        FleetProgram.Outcome outcome = await RunAsync("--json");

        Assert.Equal(0, outcome.ExitCode);
        Assert.Equal(3, outcome.Lines.Length);
        Assert.StartsWith(
            "asff-fleet: asff-edge/v1/agents/gate-07/reported cannot be read: ",
            outcome.Errors,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_broker_that_is_not_there_is_a_failure_that_names_it()
    {
        FleetProgram.Outcome outcome = await FleetProgram.RunAsync(
            _home.Path,
            "agents",
            "--broker",
            "127.0.0.1:1"
        );

        Assert.Equal(1, outcome.ExitCode);
        Assert.Equal(
            "asff-fleet: 127.0.0.1:1: nothing listens there (connection refused; see mqtt.host and mqtt.port) (refused)\n",
            outcome.Errors
        );
    }

    [Fact]
    public async Task Tells_how_they_are_when_asked_to_and_waits_for_that_no_longer_than_it_takes()
    {
        CancellationToken ct = TestContext.Current.CancellationToken;
        Task<FleetProgram.Outcome> listing = RunAsync("--health");
        while (!listing.IsCompleted)
        {
            // Again and again, as nobody says when it listens.
            await PublishHealthAsync("gate-07", "\"state\":\"ok\",\"reasons\":[]");
            await PublishHealthAsync(
                "yard-01",
                "\"state\":\"degraded\",\"reasons\":[{\"code\":\"camera_offline\",\"camera\":\"dock-1\",\"detail\":\"a\",\"advice\":\"b\",\"since\":\"2026-11-23T05:00:00Z\"}]"
            );
            await Task.Delay(50, ct);
        }

        string[] lines = (await listing).Lines;
        Assert.EndsWith(" health", lines[0].TrimEnd(), StringComparison.Ordinal);
        Assert.EndsWith(" ok", LineOf("gate-07"), StringComparison.Ordinal);
        Assert.EndsWith(" degraded camera_offline", LineOf("yard-01"), StringComparison.Ordinal);
        // It is away: nobody waits for it.
        Assert.EndsWith(" -", LineOf("gate-08"), StringComparison.Ordinal);
        Assert.All(lines, line => Assert.InRange(line.Length, 0, 100));

        string LineOf(string agent) =>
            lines.Single(line => line.StartsWith(agent, StringComparison.Ordinal)).TrimEnd();
    }

    private async Task PublishHealthAsync(string agent, string how) =>
        await _observer.PublishAsync(
            FleetMessages.Topics.Health(agent),
            $$$"""{"v":1,"ts":"2026-11-23T05:00:00Z","boot":"9b1f6c","uptime_s":6,{{{how}}},"published":5,"dropped":0,"cameras":{}}"""
        );

    private Task<FleetProgram.Outcome> RunAsync(params string[] arguments) =>
        FleetProgram.RunAsync(
            _home.Path,
            ["agents", "--broker", $"127.0.0.1:{_broker.Port}", .. arguments]
        );
}

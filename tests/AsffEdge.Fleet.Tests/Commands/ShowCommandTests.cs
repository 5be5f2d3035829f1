using System.Text.Json;
using AsffEdge.Messaging;
using AsffEdge.Tests.Brokers;

namespace AsffEdge.Fleet.Tests.Commands;

/// <summary><c>asff-fleet show</c> as a process, against Mosquitto.</summary>
[Trait("Category", "System")]
public sealed class ShowCommandTests : IAsyncLifetime
{
    private readonly TemporaryFolder _home = new();
    private readonly Mosquitto _broker = new();
    private Observer _observer = null!;

    public async ValueTask InitializeAsync()
    {
        await _broker.StartAsync();
        _observer = await Observer.ConnectAsync(_broker.Port);
        await _observer.PublishAgentAsync("gate-07", groups: "gates");
        await _observer.PublishAgentAsync("gate-08", AgentState.Offline);
        await _observer.PublishAsync(
            FleetMessages.Topics.GroupDesired("gates"),
            new DesiredDocument { Rev = 12, Profile = "balanced" },
            MessageJson.Wire.DesiredDocument
        );
    }

    public async ValueTask DisposeAsync()
    {
        _observer.Dispose();
        await _broker.DisposeAsync();
        _home.Dispose();
    }

    [Fact]
    public async Task Shows_the_agent_and_what_its_groups_want_of_it()
    {
        FleetProgram.Outcome outcome = await RunAsync("gate-08", "--wait", "1");

        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Errors));
        Assert.Equal("agent     gate-08", outcome.Lines[0]);
        Assert.All(outcome.Lines, line => Assert.Equal(line.TrimEnd(), line));

        outcome = await RunAsync("gate-07", "--wait", "0.1");

        Assert.Contains("health    none came in time; --wait SECONDS waits longer", outcome.Lines);
        Assert.Contains(
            outcome.Lines,
            line => line.StartsWith("group:gates  balanced", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Waits_for_health_and_writes_all_as_json()
    {
        CancellationToken ct = TestContext.Current.CancellationToken;
        Task<FleetProgram.Outcome> showing = RunAsync("gate-07", "--json", "--wait", "60");
        while (!showing.IsCompleted)
        {
            // Again and again, as nobody says when it listens.
            await _observer.PublishAsync(
                FleetMessages.Topics.Health("gate-07"),
                """{"v":1,"ts":"2026-11-23T05:00:00Z","boot":"9b1f6c","uptime_s":6,"published":5,"dropped":0,"cameras":{}}"""
            );
            await Task.Delay(50, ct);
        }

        FleetProgram.Outcome outcome = await showing;
        JsonElement agent = JsonDocument.Parse(Assert.Single(outcome.Lines)).RootElement;
        Assert.Equal(6, agent.GetProperty("health").GetProperty("uptime_s").GetInt32());
        Assert.Equal("online", agent.GetProperty("status").GetProperty("state").GetString());
        Assert.Equal(
            12,
            agent.GetProperty("groups_desired").GetProperty("gates").GetProperty("rev").GetInt32()
        );
        Assert.Equal(0, outcome.ExitCode);
    }

    [Fact]
    public async Task An_unknown_agent_gets_the_nearest_name()
    {
        FleetProgram.Outcome near = await RunAsync("gate-77");
        FleetProgram.Outcome far = await RunAsync("kitchen");

        Assert.Equal(
            "asff-fleet: 'gate-77' is no agent that the broker knows; did you mean 'gate-07'?\n",
            near.Errors
        );
        Assert.Equal(
            "asff-fleet: 'kitchen' is no agent that the broker knows; it knows gate-07, gate-08\n",
            far.Errors
        );
        Assert.Equal((1, 1), (near.ExitCode, far.ExitCode));
    }

    [Fact]
    public async Task What_is_no_id_never_becomes_a_topic()
    {
        FleetProgram.Outcome outcome = await RunAsync("#");

        Assert.StartsWith(
            "AGENT is '#'; allowed: 1 to 48 of a-z, 0-9 and '-'",
            outcome.Errors,
            StringComparison.Ordinal
        );
        Assert.Equal(2, outcome.ExitCode);
    }

    private Task<FleetProgram.Outcome> RunAsync(params string[] arguments) =>
        FleetProgram.RunAsync(
            _home.Path,
            ["show", "--broker", $"127.0.0.1:{_broker.Port}", .. arguments]
        );
}

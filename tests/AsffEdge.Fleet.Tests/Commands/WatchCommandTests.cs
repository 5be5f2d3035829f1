using System.Text.Json;
using AsffEdge.Messaging;
using AsffEdge.Tests.Brokers;

namespace AsffEdge.Fleet.Tests.Commands;

/// <summary><c>asff-fleet watch</c> as a process whose output is no terminal, against Mosquitto.</summary>
[Trait("Category", "System")]
public sealed class WatchCommandTests : IAsyncLifetime
{
    private readonly TemporaryFolder _home = new();
    private readonly Mosquitto _broker = new();
    private Observer _observer = null!;

    public async ValueTask InitializeAsync()
    {
        await _broker.StartAsync();
        _observer = await Observer.ConnectAsync(_broker.Port);
        await _observer.PublishAgentAsync("gate-07", groups: "gates");
        await _observer.PublishAgentAsync("yard-01", groups: "yard");
    }

    public async ValueTask DisposeAsync()
    {
        _observer.Dispose();
        await _broker.DisposeAsync();
        _home.Dispose();
    }

    [Fact]
    public async Task Writes_the_totals_then_a_line_for_each_change_until_interrupted()
    {
        using TailedProgram watch = Start();
        await watch.WaitForLinesAsync(1);
        await SayAsync("gate-07", AgentState.Offline);

        await watch.WaitForLinesAsync(2);

        Assert.Equal("2 agents: 2 online, 2 of 4 cameras online", watch.Lines[0]);
        Assert.EndsWith(
            "Z gate-07 state online -> offline",
            watch.Lines[1],
            StringComparison.Ordinal
        );
        Assert.Equal(0, await watch.InterruptAsync());
        Assert.Equal(2, watch.Lines.Count);
    }

    [Fact]
    public async Task Tells_of_those_asked_for_and_of_those_that_leave_or_join_them()
    {
        using TailedProgram watch = Start("--json", "--group", "yard", "--state", "online");
        AgentState state = AgentState.Online;
        await watch.WaitForLinesAsync(
            2,
            async () =>
            {
                // Until it looks on; what comes and goes between two looks is not seen.
                state = state == AgentState.Online ? AgentState.Offline : AgentState.Online;
                await SayAsync("gate-07", state);
                await SayAsync("yard-01", state);
                await Task.Delay(600, TestContext.Current.CancellationToken);
            }
        );

        JsonElement[] changes =
        [
            .. watch.Lines.Select(line => JsonDocument.Parse(line).RootElement),
        ];
        Assert.All(
            changes,
            change =>
            {
                Assert.Equal("yard-01", change.GetProperty("agent").GetString());
                Assert.Equal("state", change.GetProperty("field").GetString());
            }
        );
        Assert.Equal(
            changes[0].GetProperty("to").GetString(),
            changes[1].GetProperty("from").GetString()
        );
        Assert.Equal(0, await watch.InterruptAsync());
    }

    private TailedProgram Start(params string[] arguments) =>
        new(_home.Path, ["watch", "--broker", $"127.0.0.1:{_broker.Port}", .. arguments]);

    private Task SayAsync(string agent, AgentState state) =>
        _observer.PublishAsync(
            FleetMessages.Topics.Status(agent),
            FleetMessages.Status(state),
            MessageJson.Wire.StatusMessage
        );
}

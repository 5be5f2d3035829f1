using AsffEdge.Control.Broker;
using AsffEdge.Fleet.Simulation;
using AsffEdge.Messaging;
using AsffEdge.Tests.Brokers;
using Microsoft.Extensions.Logging.Abstractions;
using MQTTnet;

namespace AsffEdge.Fleet.Tests.Simulation;

/// <summary>Twenty agents over a Mosquitto.</summary>
[Trait("Category", "System")]
public sealed class SimulatedFleetTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly SimulationOptions Twenty = new()
    {
        Agents = 20,
        Groups = ["gates", "yards"],
        SettleDelay = TimeSpan.FromMilliseconds(20),
    };

    private readonly Mosquitto _broker = new();
    private readonly CancellationTokenSource _stop = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static Topics Topics => FleetMessages.Topics;

    private static MessageJson Json => MessageJson.Wire;

    public async ValueTask InitializeAsync() => await _broker.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _broker.DisposeAsync();
        _stop.Dispose();
    }

    [Fact]
    public async Task Every_agent_retains_its_status_info_report_and_cameras()
    {
        await using SimulatedFleet fleet = NewFleet(Twenty);
        Task running = fleet.RunAsync(_stop.Token);
        await UntilAsync(() => fleet.Count() is { Started: 20, Connected: 20 });

        using Observer late = await Observer.ConnectAsync(_broker.Port);
        foreach (AgentPlan plan in AgentPlan.Make(Twenty))
        {
            await late.WaitForAsync(
                Topics.Status(plan.Id),
                Json.StatusMessage,
                status => status.State == AgentState.Online
            );
            await late.WaitForAsync(
                Topics.Info(plan.Id),
                Json.InfoMessage,
                info => info.Agent == plan.Id && info.Groups!.SequenceEqual(plan.Groups)
            );
            await late.WaitForAsync(
                Topics.Reported(plan.Id),
                Json.ReportedDocument,
                reported => reported is { Source: "local", State: ReportedState.Applied }
            );
            await late.WaitForAsync(
                Topics.CameraStatus(plan.Id, "camera-2"),
                Json.CameraStatusMessage,
                camera => camera.State == "online"
            );
        }

        await StopAsync(running);
    }

    [Fact]
    public async Task Leaves_with_stopping_and_offline_and_removes_nothing_that_is_retained()
    {
        await using SimulatedFleet fleet = NewFleet(Twenty);
        Task running = fleet.RunAsync(_stop.Token);
        await UntilAsync(() => fleet.Count().Connected == 20);
        using Observer witness = await Observer.ConnectAsync(_broker.Port);
        string first = AgentPlan.Make(Twenty)[0].Id;
        await witness.WaitForAsync(Topics.Info(first), Json.InfoMessage, _ => true);

        await StopAsync(running);

        Dictionary<string, string> left = await RetainedAsync();
        foreach (AgentPlan plan in AgentPlan.Make(Twenty))
        {
            await witness.WaitForAsync(
                Topics.Status(plan.Id),
                Json.StatusMessage,
                status => status.State == AgentState.Stopping
            );
            Assert.Contains("\"offline\"", left[Topics.Status(plan.Id)], StringComparison.Ordinal);
            Assert.Contains(Topics.Info(plan.Id), left);
            Assert.Contains(Topics.Reported(plan.Id), left);
            Assert.Contains(Topics.CameraStatus(plan.Id, "camera-1"), left);
        }

        Assert.DoesNotContain(witness.Seen, message => message.Payload.IsEmpty);
    }

    [Fact]
    public async Task A_broker_that_restarts_and_has_forgotten_everything_gets_all_of_them_back()
    {
        await using SimulatedFleet fleet = NewFleet(Twenty);
        Task running = fleet.RunAsync(_stop.Token);
        await UntilAsync(() => fleet.Count().Connected == 20);

        await _broker.StopAsync();
        await UntilAsync(() => fleet.Count().Connected == 0);
        await _broker.StartAsync();
        await UntilAsync(() => fleet.Count().Connected == 20);

        using Observer late = await Observer.ConnectAsync(_broker.Port);
        foreach (AgentPlan plan in AgentPlan.Make(Twenty))
        {
            await late.WaitForAsync(
                Topics.Status(plan.Id),
                Json.StatusMessage,
                status => status.State == AgentState.Online
            );
            await late.WaitForAsync(Topics.Reported(plan.Id), Json.ReportedDocument, _ => true);
        }

        await StopAsync(running);
    }

    [Fact]
    public async Task Agents_that_are_away_have_been_seen_and_are_offline()
    {
        SimulationOptions options = Twenty with { OfflineRate = 0.2 };
        await using SimulatedFleet fleet = NewFleet(options);
        Task running = fleet.RunAsync(_stop.Token);
        await UntilAsync(() => fleet.Count() is { Started: 20, Connected: 16 });

        Dictionary<string, string> retained = await RetainedAsync();
        foreach (AgentPlan plan in AgentPlan.Make(options))
        {
            string expected = plan.IsAway ? "\"offline\"" : "\"online\"";
            Assert.Contains(expected, retained[Topics.Status(plan.Id)], StringComparison.Ordinal);
            Assert.Contains(Topics.Info(plan.Id), retained);
        }

        await StopAsync(running);
    }

    [Fact]
    public async Task Agents_without_the_memory_for_a_size_refuse_it_those_too_slow_go_back_and_the_others_change()
    {
        SimulationOptions options = Twenty with { FailRate = 0.2 };
        await using SimulatedFleet fleet = NewFleet(options);
        Task running = fleet.RunAsync(_stop.Token);
        await UntilAsync(() => fleet.Count().Connected == 20);
        using Observer manager = await Observer.ConnectAsync(_broker.Port);

        AgentPlan[] plans = AgentPlan.Make(options);
        foreach (AgentPlan plan in plans)
        {
            await manager.PublishAsync(
                Topics.Desired(plan.Id),
                """{"v":1,"rev":7,"profile":"accurate","policy":{"settle_s":2,"min_fps":1}}""",
                retain: true
            );
        }

        foreach (AgentPlan plan in plans)
        {
            ReportedDocument reported = await manager.WaitForAsync(
                Topics.Reported(plan.Id),
                Json.ReportedDocument,
                reported => reported is { RevSeen: 7, State: not ReportedState.Pending }
            );
            (ReportedState, ResultCode, int) expected = plan.Fault switch
            {
                AgentFault.NoMemory => (ReportedState.Rejected, ResultCode.OutOfMemory, 416),
                AgentFault.TooSlow => (ReportedState.RolledBack, ResultCode.TooSlow, 416),
                _ => (ReportedState.Applied, ResultCode.Ok, 608),
            };
            Assert.Equal(
                expected,
                (reported.State, reported.Code, reported.Cameras["camera-1"].Size)
            );
        }

        Assert.Equal(
            (16, 2, 2),
            (fleet.Count().Applied, fleet.Count().Refused, fleet.Count().RolledBack)
        );
        await StopAsync(running);
    }

    [Fact]
    public async Task A_document_for_a_group_switches_its_members_and_nobody_else()
    {
        await using SimulatedFleet fleet = NewFleet(Twenty);
        Task running = fleet.RunAsync(_stop.Token);
        await UntilAsync(() => fleet.Count().Connected == 20);
        using Observer manager = await Observer.ConnectAsync(_broker.Port);

        await manager.PublishAsync(
            Topics.GroupDesired("yards"),
            """{"v":1,"rev":7,"profile":"fast","policy":{"settle_s":0}}""",
            retain: true
        );

        AgentPlan[] plans = AgentPlan.Make(Twenty);
        foreach (AgentPlan plan in plans.Where(plan => plan.Groups[0] == "yards"))
        {
            ReportedDocument reported = await manager.WaitForAsync(
                Topics.Reported(plan.Id),
                Json.ReportedDocument,
                reported => reported is { RevApplied: 7, State: ReportedState.Applied }
            );
            Assert.Equal(
                ("group:yards", 320),
                (reported.Source, reported.Cameras["camera-2"].Size)
            );
        }

        Dictionary<string, string> retained = await RetainedAsync();
        foreach (AgentPlan plan in plans.Where(plan => plan.Groups[0] == "gates"))
        {
            Assert.Contains(
                "\"source\":\"local\"",
                retained[Topics.Reported(plan.Id)],
                StringComparison.Ordinal
            );
        }

        Assert.Equal(10, fleet.Count().Received);
        await StopAsync(running);
    }

    /// <summary>What a switch costs a broker: <c>pending</c> and <c>applied</c>, or the latter alone where it comes before the former is out.</summary>
    [Fact]
    public async Task A_switch_takes_one_message_to_an_agent_and_at_most_two_from_it()
    {
        SimulationOptions options = Twenty with { HealthIntervalS = 3600 };
        await using SimulatedFleet fleet = NewFleet(options);
        Task running = fleet.RunAsync(_stop.Token);
        await UntilAsync(() => fleet.Count() is { Connected: 20, Sent: >= 20 * 5 });
        using Observer manager = await Observer.ConnectAsync(_broker.Port);

        AgentPlan[] plans = AgentPlan.Make(options);
        foreach (AgentPlan plan in plans)
        {
            await manager.PublishAsync(
                Topics.Desired(plan.Id),
                """{"v":1,"rev":7,"profile":"fast","policy":{"settle_s":0}}""",
                retain: true
            );
        }

        // Not by the fleet's count: what runs its own configuration counts as applied too, until it has read what it has received.
        foreach (AgentPlan plan in plans)
        {
            await manager.WaitForAsync(
                Topics.Reported(plan.Id),
                Json.ReportedDocument,
                reported => reported is { RevApplied: 7, State: ReportedState.Applied }
            );
        }

        // What says that an agent has left comes after all its reports.
        await StopAsync(running);
        foreach (AgentPlan plan in plans)
        {
            await manager.WaitForAsync(
                Topics.Status(plan.Id),
                Json.StatusMessage,
                status => status.State == AgentState.Offline
            );
            string[] reports =
            [
                .. manager
                    .Seen.Where(message =>
                        message.Topic == Topics.Reported(plan.Id) && !message.Retain
                    )
                    .Select(Observer.Text),
            ];
            Assert.True(reports.Length is 1 or 2, string.Join("\n", reports));
            Assert.Contains("\"applied\"", reports[^1], StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_command_is_answered_once_a_frame_has_passed()
    {
        SimulationOptions options = Twenty with { Agents = 1 };
        await using SimulatedFleet fleet = NewFleet(options);
        Task running = fleet.RunAsync(_stop.Token);
        await UntilAsync(() => fleet.Count().Connected == 1);
        using Observer manager = await Observer.ConnectAsync(_broker.Port);

        await manager.PublishAsync(
            Topics.Command("sim-1", CommandName.ProfileSet),
            """{"v":1,"rev":7,"profile":"fast"}""",
            responseTopic: Topics.Reply("sim-1", "test"),
            correlation: "77"
        );

        CommandReply done = await manager.WaitForAsync(
            Topics.Reply("sim-1", "test"),
            Json.CommandReply,
            reply => reply.State == ReplyState.Done
        );
        Assert.NotNull(done.TookMs);
        await StopAsync(running);
    }

    [Fact]
    public async Task Health_comes_from_every_agent_in_turn()
    {
        SimulationOptions options = Twenty with { HealthIntervalS = 1 };
        await using SimulatedFleet fleet = NewFleet(options);
        Task running = fleet.RunAsync(_stop.Token);
        using Observer manager = await Observer.ConnectAsync(_broker.Port);

        foreach (AgentPlan plan in AgentPlan.Make(options))
        {
            HealthMessage health = await manager.WaitForAsync(
                Topics.Health(plan.Id),
                Json.HealthMessage,
                _ => true
            );
            Assert.Equal(10, health.Cameras["camera-1"].Fps);
        }

        await StopAsync(running);
    }

    private SimulatedFleet NewFleet(SimulationOptions options) =>
        new(
            options,
            new BrokerOptions { Host = "127.0.0.1", Port = _broker.Port },
            TimeProvider.System,
            NullLoggerFactory.Instance
        );

    private async Task StopAsync(Task running)
    {
        await _stop.CancelAsync();
        await running.WaitAsync(Patience, Ct);
    }

    /// <summary>What the broker holds, by topic.</summary>
    private async Task<Dictionary<string, string>> RetainedAsync()
    {
        using Observer late = await Observer.ConnectAsync(_broker.Port);

        // Comes after everything that is retained.
        await late.PublishAsync("test/end", "end");
        await UntilAsync(() => late.Seen.Any(message => message.Topic == "test/end"));
        return late
            .Seen.Where(message => message.Retain)
            .ToDictionary(message => message.Topic, Observer.Text);
    }

    private static async Task UntilAsync(Func<bool> isSo)
    {
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(
            Ct
        );
        patience.CancelAfter(Patience);
        while (!isSo())
        {
            await Task.Delay(10, patience.Token);
        }
    }
}

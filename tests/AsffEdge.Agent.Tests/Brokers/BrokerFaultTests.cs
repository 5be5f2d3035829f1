using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using AsffEdge.Agent.Configuration;
using AsffEdge.Messaging;
using AsffEdge.Tests.Brokers;

namespace AsffEdge.Agent.Tests.Brokers;

/// <summary>A whole agent whose broker is killed, stopped in its tracks, or breaks the protocol.</summary>
[Trait("Category", "System")]
public sealed class BrokerFaultTests
{
    private const string Agent = $"asff-edge/v1/agents/{RunningAgent.Id}";
    private const string Events = $"{Agent}/cameras/dock-1/events";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_broker_that_is_killed_or_frozen_is_found_again_within_five_seconds_and_no_event_is_lost(
        bool isFrozen
    )
    {
        CancellationToken ct = TestContext.Current.CancellationToken;
        await using Mosquitto broker = new() { Listener = "set_tcp_nodelay true\n" };
        await broker.StartAsync();
        await using HalfOpenProxy proxy = new(broker.Port);
        await using RunningAgent agent = NewAgent(proxy.Port);
        using Observer before = await Observer.ConnectAsync(broker.Port);
        agent.Start();
        await before.WaitForAsync(Events, MessageJson.Wire.TrackMessage, _ => true);
        await (isFrozen ? broker.FreezeAsync(true) : broker.StopAsync());
        // Until somebody else is there to see what the agent sends first.
        proxy.RefuseNewConnections();

        Stopwatch noticing = Stopwatch.StartNew();
        await agent.WaitForLogAsync("next attempt in ");
        noticing.Stop();
        Assert.InRange(noticing.Elapsed.TotalSeconds, 0, 20);
        long inferred = agent.Host.Pipeline.InferredFrames;
        while (agent.Host.Pipeline.InferredFrames < inferred + 20)
        {
            await Task.Delay(20, ct);
        }

        // Only now: what the broker had sent by its end may have come a moment after that.
        long last = Sequences(before).Max();
        before.Dispose();
        await (isFrozen ? broker.FreezeAsync(false) : broker.StartAsync());
        using Observer after = await Observer.ConnectAsync(broker.Port);
        Stopwatch returning = Stopwatch.StartNew();
        proxy.ForwardNewConnections();
        await after.WaitForAsync(
            $"{Agent}/status",
            MessageJson.Wire.StatusMessage,
            status => status.State == AgentState.Online
        );
        await agent.WaitForConnectionAsync(2);
        returning.Stop();
        TestContext.Current.TestOutputHelper!.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"noticed after {noticing.Elapsed.TotalSeconds:F1} s, back after {returning.Elapsed.TotalSeconds:F1} s"
            )
        );
        Assert.InRange(returning.Elapsed.TotalSeconds, 0, 5);

        // Retained state and subscriptions are there again.
        await after.WaitForAsync($"{Agent}/info", MessageJson.Wire.InfoMessage, _ => true);
        await after.PublishAsync(
            $"{Agent}/commands/profile.set",
            """{"v":1,"rev":4,"profile":"fast"}"""
        );
        await after.WaitForAsync(
            $"{Agent}/replies/default",
            MessageJson.Wire.CommandReply,
            reply => reply is { Rev: 4, State: ReplyState.Done }
        );

        // All events since, without a gap; what was seen last may come again.
        await after.WaitForAsync(
            Events,
            MessageJson.Wire.TrackMessage,
            seen => !seen.Late && seen.EventSeq > last + 5
        );
        long[] since = [.. Sequences(after).Distinct()];
        Assert.True(since[0] <= last + 1, $"{since[0]} came first, {last} was the last before");
        Assert.Equal(Enumerable.Range((int)since[0], since.Length).Select(seq => (long)seq), since);
    }

    [Fact]
    public async Task A_lost_agent_is_said_to_be_offline_after_the_delay_and_not_before()
    {
        await using Mosquitto broker = new();
        await broker.StartAsync();
        await using HalfOpenProxy proxy = new(broker.Port);
        using Observer observer = await Observer.ConnectAsync(broker.Port);
        await using RunningAgent agent = NewAgent(proxy.Port);
        agent.Start();
        await agent.WaitForLogAsync("Connected to the broker");

        // Away for a moment: nobody hears of it.
        proxy.RefuseNewConnections();
        proxy.CloseAll();
        await agent.WaitForLogAsync("next attempt in ");
        proxy.ForwardNewConnections();
        await agent.WaitForConnectionAsync(2);
        Assert.DoesNotContain("offline", States(observer));

        proxy.RefuseNewConnections();
        proxy.CloseAll();
        Stopwatch lost = Stopwatch.StartNew();
        await observer.WaitForAsync(
            $"{Agent}/status",
            MessageJson.Wire.StatusMessage,
            status => status.State == AgentState.Offline
        );
        Assert.InRange(lost.Elapsed.TotalSeconds, 8, 20);
    }

    [Fact]
    public async Task A_picture_larger_than_the_broker_takes_is_answered_so()
    {
        await using Mosquitto broker = new() { Listener = "max_packet_size 2000\n" };
        await broker.StartAsync();
        using Observer observer = await Observer.ConnectAsync(broker.Port);
        await using RunningAgent agent = NewAgent(broker.Port);
        agent.Start();
        await observer.WaitForAsync(Events, MessageJson.Wire.TrackMessage, _ => true);

        await observer.PublishAsync($"{Agent}/commands/snapshot", """{"v":1,"camera":"dock-1"}""");
        CommandReply reply = await observer.WaitForAsync(
            $"{Agent}/replies/default",
            MessageJson.Wire.CommandReply,
            reply => reply.State == ReplyState.Failed
        );

        Assert.Equal(ResultCode.TooLarge, reply.Code);
        Assert.Contains(
            "takes no message as large as the picture",
            reply.Detail,
            StringComparison.Ordinal
        );
        Assert.Single(agent.Log, line => line.Contains("Connected to", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("retain_available false\n", "The broker keeps no retained messages")]
    [InlineData("max_qos 0\n", "events are sent once and may be lost on the way")]
    public async Task A_broker_without_retained_messages_or_acknowledgements_is_lived_with(
        string listener,
        string says
    )
    {
        await using Mosquitto broker = new() { Listener = listener };
        await broker.StartAsync();
        using Observer observer = await Observer.ConnectAsync(broker.Port);
        await using RunningAgent agent = NewAgent(broker.Port);
        agent.Start();

        await agent.WaitForLogAsync(says);
        await observer.WaitForAsync(Events, MessageJson.Wire.TrackMessage, _ => true);
        await observer.WaitForAsync($"{Agent}/health", MessageJson.Wire.HealthMessage, _ => true);
        await observer.WaitForAsync($"{Agent}/info", MessageJson.Wire.InfoMessage, _ => true);
        Assert.Single(agent.Log, line => line.Contains("Connected to", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_broker_that_says_nothing_is_left_after_ten_seconds_and_detection_goes_on()
    {
        await using FaultBroker broker = new(new BrokerScript { IsSilent = true });
        await using RunningAgent agent = NewAgent(broker.Port);
        agent.Start();

        await agent.WaitForLogAsync("no answer in 10 s (timed_out)");

        Assert.True(agent.Host.Pipeline.InferredFrames > 20);
        broker.Script = new BrokerScript();
        await agent.WaitForLogAsync("Connected to the broker");
    }

    [Fact]
    public async Task Events_that_a_broker_refuses_for_its_quota_are_kept_until_it_takes_them()
    {
        bool takes = false;
        await using FaultBroker broker = new();
        broker.Script = broker.Script with { Acknowledge = _ => (byte)(takes ? 0 : 0x97) };
        await using RunningAgent agent = NewAgent(broker.Port);
        agent.Start();
        await agent.WaitForLogAsync($"refuses a message on {Events}: QuotaExceeded");

        takes = true;
        int refused = broker.Messages.Count;
        await FaultBroker.UntilAsync(
            () => Taken().Length > 10,
            "ten events after the refusals",
            40
        );

        long[] taken = [.. Taken().Distinct()];
        Assert.Equal(1, taken[0]);
        Assert.Equal(Enumerable.Range(1, taken.Length).Select(seq => (long)seq), taken);

        long[] Taken() =>
            [
                .. broker
                    .Messages.Skip(refused)
                    .Where(message => message.Topic == Events)
                    .Select(message =>
                        JsonSerializer
                            .Deserialize(message.Payload, MessageJson.Wire.TrackMessage)!
                            .EventSeq
                    ),
            ];
    }

    private static RunningAgent NewAgent(int port)
    {
        RunningAgent agent = new(
            new MqttOptions
            {
                Host = "127.0.0.1",
                Port = port,
                HealthIntervalS = 1,
                Outbox = new OutboxOptions { DrainPerS = 5000 },
            }
        );
        agent.Configuration = agent.Configuration with
        {
            Tracking = new TrackingOptions { UpdateEveryS = 0.1 },
        };
        return agent;
    }

    private static IEnumerable<long> Sequences(Observer observer) =>
        observer
            .Seen.Where(message => message.Topic == Events)
            .Select(message =>
                JsonSerializer
                    .Deserialize(Observer.Text(message), MessageJson.Wire.TrackMessage)!
                    .EventSeq
            );

    private static string States(Observer observer) =>
        string.Join(
            ' ',
            observer.Seen.Where(message => message.Topic == $"{Agent}/status").Select(Observer.Text)
        );
}

using System.Buffers;
using System.Text;
using System.Threading.Channels;
using AsffEdge.Control.Broker;
using AsffEdge.Messaging;
using AsffEdge.Tests.Brokers;
using Microsoft.Extensions.Logging.Abstractions;
using MQTTnet;
using MQTTnet.Protocol;

namespace AsffEdge.Control.Tests.Broker;

public sealed class MqttLinkTests
{
    [Fact]
    public async Task A_publisher_that_stops_waiting_does_not_spoil_the_messages_after_it()
    {
        CancellationToken ct = TestContext.Current.CancellationToken;
        await using InProcessBroker broker = new();
        await broker.StartAsync();
        using Observer observer = await Observer.ConnectAsync(broker.Port);
        using MqttLink link = NewLink(broker.Port);
        await link.StartAsync(ct);
        await link.WaitConnectedAsync(ct);

        Random random = new(20261123);
        for (int round = 0; round < 300; round++)
        {
            using CancellationTokenSource impatience = new();
            byte[] payload = new byte[2000];
            Array.Fill(payload, (byte)round);
            Task<bool> publishing = link.TryPublishAsync(Message("x", payload), impatience.Token)
                .AsTask();
            Thread.SpinWait(random.Next(20_000));
            await impatience.CancelAsync();
            await Task.WhenAny(publishing);
        }

        Assert.True(await link.TryPublishAsync(Message("last", [1]), ct));
        for (int waited = 0; !observer.Seen.Any(message => message.Topic == "last"); waited++)
        {
            Assert.True(waited < 1000, "the last message did not come");
            await Task.Delay(10, ct);
        }

        List<byte[]> payloads =
        [
            .. observer
                .Seen.Where(message => message.Topic == "x")
                .Select(message => message.Payload.ToArray()),
        ];
        Assert.NotEmpty(payloads);
        Assert.All(
            payloads,
            payload => Assert.Equal((2000, 1), (payload.Length, payload.Distinct().Count()))
        );
        await link.StopAsync(ct);
    }

    [Fact]
    public async Task What_comes_on_another_topic_goes_to_who_listens_there_after_a_reconnect_too()
    {
        CancellationToken ct = TestContext.Current.CancellationToken;
        await using InProcessBroker broker = new();
        await broker.StartAsync();
        using MqttLink link = NewLink(broker.Port);
        Channel<string> heard = Channel.CreateUnbounded<string>();
        link.Listen(
            "homeassistant/status",
            message => heard.Writer.TryWrite(Encoding.UTF8.GetString(message.Payload))
        );
        await link.StartAsync(ct);

        foreach (string text in (string[])["online", "again"])
        {
            await link.WaitConnectedAsync(ct);
            using Observer sender = await Observer.ConnectAsync(broker.Port);
            await sender.PublishAsync("homeassistant/status", text);
            Assert.Equal(text, await heard.Reader.ReadAsync(ct));
            await sender.PublishAsync("asff-edge/v1/agents/gate-07/commands/ping", text);
            InboundMessage command = await link.Inbox.ReadAsync(ct);
            Assert.Equal(text, Encoding.UTF8.GetString(command.Payload));

            await broker.StopAsync();
            while (link.IsConnected)
            {
                await Task.Delay(10, ct);
            }

            await broker.StartAsync();
        }

        Assert.False(link.Inbox.TryRead(out _));
        await link.StopAsync(ct);
    }

    [Fact]
    public async Task Counts_what_it_exchanges_with_the_broker()
    {
        CancellationToken ct = TestContext.Current.CancellationToken;
        await using InProcessBroker broker = new();
        await broker.StartAsync();
        using Observer observer = await Observer.ConnectAsync(broker.Port);
        using MqttLink link = NewLink(broker.Port);
        await link.StartAsync(ct);
        await link.WaitConnectedAsync(ct);

        await link.TryPublishAsync(Message("one", [1]), ct);
        await link.TryPublishAsync(Message("two", [2]), ct);
        await observer.PublishAsync(new Topics(Topics.DefaultRoot).Desired("gate-07"), "{}");
        await link.Inbox.ReadAsync(ct);

        Assert.Equal(1, link.Traffic.Received);

        // The status is published in between, by the link itself.
        for (int waited = 0; link.Traffic.Sent < 3 || FromAgent() < 3; waited++)
        {
            Assert.True(waited < 1000, $"{link.Traffic.Sent} sent, {FromAgent()} arrived");
            await Task.Delay(10, ct);
        }

        Assert.Equal((3, 3), (link.Traffic.Sent, FromAgent()));
        await link.StopAsync(ct);

        int FromAgent() =>
            observer.Seen.Count(message =>
                !message.Topic.EndsWith("/desired", StringComparison.Ordinal)
            );
    }

    [Fact]
    [Trait("Category", "System")]
    public async Task A_message_larger_than_the_broker_takes_ends_no_connection()
    {
        CancellationToken ct = TestContext.Current.CancellationToken;
        await using Mosquitto broker = new() { Listener = "max_packet_size 20000\n" };
        await broker.StartAsync();
        using Observer observer = await Observer.ConnectAsync(broker.Port);
        RetainedBoard board = new();
        board.Set("large", new byte[30_000]);
        board.Set("small", [1]);
        using MqttLink link = NewLink(broker.Port, board);
        await link.StartAsync(ct);
        await link.WaitConnectedAsync(ct);

        Assert.False(await link.TryPublishAsync(Message("large", new byte[20_000]), ct));
        Assert.True(await link.TryPublishAsync(Message("fits", new byte[18_000]), ct));

        await observer.WaitForAsync("small");
        await observer.WaitForAsync("fits");
        Assert.True(link.IsConnected);
        Assert.DoesNotContain(observer.Seen, message => message.Topic == "large");
        await link.StopAsync(ct);
    }

    private static MqttApplicationMessage Message(string topic, byte[] payload) =>
        new()
        {
            Topic = topic,
            PayloadSegment = payload,
            QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce,
        };

    private static MqttLink NewLink(int port, RetainedBoard? board = null) =>
        new(
            new LinkOptions(
                "gate-07",
                new BrokerOptions { Host = "127.0.0.1", Port = port },
                HealthIntervalS: 15
            ),
            new Topics(Topics.DefaultRoot),
            BootId.New(TimeProvider.System),
            board ?? new RetainedBoard(),
            TimeProvider.System,
            NullLogger<MqttLink>.Instance,
            CancellationToken.None
        );
}

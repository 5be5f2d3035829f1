using AsffEdge.Control.Broker;
using AsffEdge.Tests.Brokers;
using MQTTnet;

namespace AsffEdge.Control.Tests.Broker;

/// <summary>What a broker says it takes is never exceeded, and what becomes of the rest is said.</summary>
public sealed class BrokerLimitsTests
{
    // Properties of CONNACK (MQTT 5.0, section 3.2.2.3).
    private static readonly byte[] OneInFlight = [0x21, 0, 1];
    private static readonly byte[] PacketsOf200 = [0x27, 0, 0, 0, 200];
    private static readonly byte[] NoAcknowledgement = [0x24, 0];
    private static readonly byte[] NothingRetained = [0x25, 0];
    private static readonly byte[] NoTopicAlias = [0x22, 0, 0];
    private static readonly byte[] KeepAliveOf5 = [0x13, 0, 5];

    [Fact]
    public async Task No_more_are_unacknowledged_than_it_takes_at_once()
    {
        await using FaultBroker broker = NewBroker(OneInFlight);
        broker.Script = broker.Script with { AcknowledgeAfter = TimeSpan.FromMilliseconds(5) };
        await using LinkUnderTest link = new(broker.Port);
        await link.StartAsync();

        bool[] taken = await Task.WhenAll(
            Enumerable
                .Range(0, 40)
                .Select(_ =>
                    link.Link.TryPublishAsync(LinkUnderTest.Message("x"), LinkUnderTest.Ct).AsTask()
                )
        );

        Assert.All(taken, Assert.True);
        Assert.All(broker.Messages, message => Assert.Equal(1, message.Unacknowledged));
        Assert.Equal(1, broker.Accepted);
    }

    [Fact]
    public async Task A_place_is_free_again_when_who_waited_for_it_has_gone()
    {
        await using FaultBroker broker = NewBroker(OneInFlight);
        broker.Script = broker.Script with { AcknowledgeAfter = TimeSpan.FromMilliseconds(50) };
        await using LinkUnderTest link = new(broker.Port);
        await link.StartAsync();

        for (int round = 0; round < 5; round++)
        {
            using CancellationTokenSource impatience = new(TimeSpan.FromMilliseconds(10));
            Task<bool> publishing = link
                .Link.TryPublishAsync(LinkUnderTest.Message("x"), impatience.Token)
                .AsTask();
            await Task.WhenAny(publishing);
        }

        Assert.True(await link.Link.TryPublishAsync(LinkUnderTest.Message("x"), LinkUnderTest.Ct));
        Assert.All(broker.Messages, message => Assert.Equal(1, message.Unacknowledged));
    }

    [Theory]
    [InlineData("5")]
    [InlineData("3.1.1")]
    public async Task The_size_of_a_packet_is_known_to_the_byte(string protocol)
    {
        BrokerOptions options = new() { Protocol = protocol };
        await using FaultBroker broker = new();
        await using LinkUnderTest link = new(broker.Port, protocol);
        await link.StartAsync();

        // Around the lengths at which the length itself takes a byte more.
        int[] sizes = [0, 1, 60, 110, 120, 127, 128, 200, 16_300, 16_380, 16_400, 2_097_200];
        foreach (int size in sizes)
        {
            foreach (int qos in (int[])[0, 1])
            {
                MqttApplicationMessage message = LinkUnderTest.Message(
                    $"größe/{qos}/{size}",
                    size,
                    qos
                );
                if (protocol == "5")
                {
                    message.ContentType = "application/json";
                    message.UserProperties = [new("schema", new byte[] { 1, 2, 3 })];
                    message.MessageExpiryInterval = (uint)(size % 3);
                    message.CorrelationData = size % 2 == 0 ? new byte[9] : null;
                    message.ResponseTopic = "a/b";
                }

                await link.Link.TryPublishAsync(message, LinkUnderTest.Ct);
                await FaultBroker.UntilAsync(
                    () => broker.Messages.Any(seen => seen.Topic == message.Topic),
                    message.Topic
                );
                Assert.Equal(
                    PacketSize.Of(message, options),
                    broker.Messages.Single(seen => seen.Topic == message.Topic).Bytes
                );
            }
        }
    }

    [Fact]
    public async Task A_packet_one_byte_too_large_is_not_sent_but_counted_and_said_once()
    {
        await using FaultBroker broker = NewBroker(PacketsOf200);
        await using LinkUnderTest link = new(broker.Port);
        await link.StartAsync();
        BrokerOptions options = new();
        int fits = 200 - (int)PacketSize.Of(LinkUnderTest.Message("x", 130), options) + 130;
        Assert.Equal(200, PacketSize.Of(LinkUnderTest.Message("x", fits), options));

        Assert.Equal(PublishOutcome.Taken, await PublishAsync(link, fits));
        Assert.Equal(PublishOutcome.TooLarge, await PublishAsync(link, fits + 1));
        Assert.Equal(PublishOutcome.TooLarge, await PublishAsync(link, fits + 1));

        Assert.Equal(2, link.Link.Traffic.TooLarge);
        Assert.DoesNotContain(broker.Messages, message => message.Bytes > 200);
        Assert.Single(
            link.Log,
            line =>
                line.Contains(
                    "A message on x is not published (too_large): its packet has 201 bytes, and the broker takes at most 200",
                    StringComparison.Ordinal
                )
        );
        Assert.True(link.Link.IsConnected);
    }

    [Fact]
    public async Task A_limit_that_a_broker_keeps_to_itself_is_learnt()
    {
        await using FaultBroker broker = new();
        await using LinkUnderTest link = new(broker.Port);
        broker.Script = broker.Script with
        {
            Acknowledge = message =>
            {
                if (message.Bytes <= 5000)
                {
                    return 0;
                }

                _ = broker.DisconnectAsync(0x95);
                return null;
            },
        };
        link.Board.Set("large", new byte[6000]);
        await link.StartAsync(connects: false);
        await link.WaitForLogAsync("(packet_too_large); next attempt in ");
        await link.AdvanceUntilAsync(() => link.Link.IsConnected, 3, "a second connection");

        Assert.Equal(PublishOutcome.TooLarge, await PublishAsync(link, 7000));
        Assert.Equal(PublishOutcome.Taken, await PublishAsync(link, 4000));

        Assert.Equal(2, broker.Accepted);
        Assert.Contains(
            link.Log,
            line => line.Contains("from now on nothing of 60", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Where_nothing_is_acknowledged_it_publishes_without_and_says_so_and_lives()
    {
        await using FaultBroker broker = NewBroker(NoAcknowledgement);
        await using LinkUnderTest link = new(broker.Port);
        await link.StartAsync();

        Assert.Equal(PublishOutcome.Taken, await PublishAsync(link, 1));
        await link.AdvanceUntilAsync(() => broker.Pings >= 3, 60, "three pings");

        Assert.All(broker.Messages, message => Assert.Equal(0, message.Qos));
        Assert.Contains(broker.Messages, message => message is { Topic: "x" });
        Assert.Contains(broker.Messages, message => message is { Retain: true });
        Assert.True(link.HasLogged("events are sent once and may be lost on the way"));
        Assert.Equal(1, broker.Accepted);

        broker.Script = broker.Script with { IsSilent = true };
        double noticed = await link.AdvanceUntilLoggedAsync("(silent)", 20);
        Assert.InRange(noticed, 3, 20);
    }

    [Fact]
    public async Task Where_nothing_is_retained_it_publishes_without_and_says_so()
    {
        await using FaultBroker broker = NewBroker(NothingRetained);
        await using LinkUnderTest link = new(broker.Port);
        await link.StartAsync();
        await FaultBroker.UntilAsync(() => !broker.Messages.IsEmpty, "the status");

        Assert.All(broker.Messages, message => Assert.False(message.Retain));
        Assert.True(link.HasLogged("The broker keeps no retained messages"));
    }

    [Fact]
    public async Task Where_there_are_no_topic_aliases_every_message_has_its_topic()
    {
        await using FaultBroker broker = NewBroker(NoTopicAlias);
        await using LinkUnderTest link = new(broker.Port);
        await link.StartAsync();

        for (int round = 0; round < 10; round++)
        {
            await PublishAsync(link, 1);
        }

        Assert.Equal(10, broker.Messages.Count(message => message.Topic == "x"));
    }

    [Fact]
    public async Task A_broker_that_wants_signs_of_life_more_often_gets_them()
    {
        await using FaultBroker broker = NewBroker(KeepAliveOf5);
        await using LinkUnderTest link = new(broker.Port, healthIntervalS: 3600);
        await link.StartAsync();

        double waited = await link.AdvanceUntilAsync(() => broker.Pings == 3, 20, "three pings");

        Assert.InRange(waited, 14, 20);
    }

    [Theory]
    [InlineData(0x97, "QuotaExceeded")]
    [InlineData(0x87, "NotAuthorized")]
    [InlineData(0x80, "UnspecifiedError")]
    [InlineData(0x99, "PayloadFormatInvalid")]
    public async Task What_it_refuses_is_said_once_for_a_topic_counted_and_ends_nothing(
        byte code,
        string name
    )
    {
        await using FaultBroker broker = new(new BrokerScript { Acknowledge = _ => code });
        await using LinkUnderTest link = new(broker.Port);
        await link.StartAsync();

        for (int round = 0; round < 5; round++)
        {
            Assert.Equal(PublishOutcome.Refused, await PublishAsync(link, 1));
        }

        Assert.Single(
            link.Log,
            line =>
                line.Contains(
                    $"The broker refuses a message on x: {name}",
                    StringComparison.Ordinal
                )
        );
        Assert.True(link.Link.Traffic.Refused >= 5);
        Assert.True(link.Link.IsConnected);
    }

    [Fact]
    public async Task Retained_state_that_it_refuses_is_offered_again()
    {
        bool takes = false;
        await using FaultBroker broker = new();
        broker.Script = broker.Script with { Acknowledge = _ => (byte)(takes ? 0 : 0x97) };
        await using LinkUnderTest link = new(broker.Port, healthIntervalS: 3600);
        link.Board.Set("state", [1]);
        await link.StartAsync();
        await FaultBroker.UntilAsync(() => States() == 1, "the state");

        takes = true;
        double waited = await link.AdvanceUntilAsync(() => States() == 2, 32, "it again");

        Assert.InRange(waited, 29, 32);

        int States() => broker.Messages.Count(message => message.Topic == "state");
    }

    private static FaultBroker NewBroker(byte[] properties) =>
        new(new BrokerScript { ConnectProperties = properties });

    private static async Task<PublishOutcome> PublishAsync(LinkUnderTest link, int bytes) =>
        await link.Link.PublishAsync(LinkUnderTest.Message("x", bytes), LinkUnderTest.Ct);
}

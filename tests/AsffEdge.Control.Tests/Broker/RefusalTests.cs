using AsffEdge.Control.Broker;
using AsffEdge.Tests.Brokers;

namespace AsffEdge.Control.Tests.Broker;

/// <summary>A broker that lets nobody in, or nobody in any more, says why; so does the log.</summary>
public sealed class RefusalTests
{
    [Theory]
    [InlineData(0x80, "other")]
    [InlineData(0x81, "protocol")]
    [InlineData(0x82, "protocol")]
    [InlineData(0x83, "other")]
    [InlineData(0x84, "bad_protocol_version")]
    [InlineData(0x85, "bad_client_id")]
    [InlineData(0x86, "bad_credentials")]
    [InlineData(0x87, "not_authorised")]
    [InlineData(0x88, "unavailable")]
    [InlineData(0x89, "unavailable")]
    [InlineData(0x8A, "banned")]
    [InlineData(0x8C, "not_authorised")]
    [InlineData(0x90, "other")]
    [InlineData(0x95, "packet_too_large")]
    [InlineData(0x97, "quota")]
    [InlineData(0x99, "other")]
    [InlineData(0x9C, "other_server")]
    [InlineData(0x9D, "other_server")]
    [InlineData(0x9F, "quota")]
    public async Task Each_reason_of_mqtt_5_has_a_code(byte reason, string code)
    {
        await using FaultBroker broker = new(new BrokerScript { ConnectCode = reason });
        await using LinkUnderTest link = new(broker.Port);
        await link.StartAsync(connects: false);

        await link.WaitForLogAsync($"({code}); next attempt in ");

        Assert.False(link.Link.IsConnected);
        await AssertComesBackAsync(broker, link);
    }

    [Theory]
    [InlineData(1, "bad_protocol_version")]
    [InlineData(2, "bad_client_id")]
    [InlineData(3, "unavailable")]
    [InlineData(4, "bad_credentials")]
    [InlineData(5, "not_authorised")]
    [InlineData(77, "protocol")]
    public async Task Each_return_code_of_mqtt_3_has_a_code(byte reason, string code)
    {
        await using FaultBroker broker = new(new BrokerScript { ConnectCode = reason });
        await using LinkUnderTest link = new(broker.Port, "3.1.1");
        await link.StartAsync(connects: false);

        await link.WaitForLogAsync($"({code}); next attempt in ");

        await AssertComesBackAsync(broker, link);
    }

    [Theory]
    [InlineData(0x00, "closed", 1.5)]
    [InlineData(0x80, "other", 1.5)]
    [InlineData(0x81, "protocol", 1.5)]
    [InlineData(0x87, "not_authorised", 1.5)]
    [InlineData(0x89, "unavailable", 1.5)]
    [InlineData(0x8B, "unavailable", 1.5)]
    [InlineData(0x8D, "other", 1.5)]
    [InlineData(0x93, "quota", 1.5)]
    [InlineData(0x96, "quota", 1.5)]
    [InlineData(0x97, "quota", 1.5)]
    [InlineData(0x98, "other", 1.5)]
    [InlineData(0x9C, "other_server", 1.5)]
    [InlineData(0x9D, "other_server", 1.5)]
    [InlineData(0xA0, "quota", 1.5)]
    public async Task Each_reason_to_end_a_connection_has_a_code_and_it_comes_back_soon(
        byte reason,
        string code,
        double within
    )
    {
        await using FaultBroker broker = new();
        await using LinkUnderTest link = new(broker.Port);
        await link.StartAsync();

        await broker.DisconnectAsync(reason);

        await link.WaitForLogAsync($"({code}); next attempt in ");
        await link.AdvanceUntilAsync(
            () => broker.Accepted == 2 && link.Link.IsConnected,
            within + 0.5,
            "a second connection"
        );
    }

    [Fact]
    public async Task Whose_session_was_taken_over_waits_a_minute_and_names_the_cause()
    {
        await using FaultBroker broker = new();
        await using LinkUnderTest link = new(broker.Port);
        await link.StartAsync();

        await broker.DisconnectAsync(0x8E);

        await link.WaitForLogAsync(
            "another client has taken over the id 'gate-07': is there a second agent with this agent.id? (taken_over); next attempt in 60 s"
        );
        double waited = await link.AdvanceUntilAsync(
            () => broker.Accepted == 2,
            62,
            "a second connection"
        );
        Assert.InRange(waited, 59, 62);
    }

    [Fact]
    public async Task What_a_broker_says_is_quoted_without_its_control_characters()
    {
        // Reason String (0x1F) of CONNACK.
        byte[] said = [.. "go\u001b[31m away\n"u8];
        await using FaultBroker broker = new(
            new BrokerScript
            {
                ConnectCode = 0x8A,
                ConnectProperties = [0x1F, 0, (byte)said.Length, .. said],
            }
        );
        await using LinkUnderTest link = new(broker.Port);
        await link.StartAsync(connects: false);

        await link.WaitForLogAsync("it has banned this client; it says: go[31m away (banned)");
    }

    [Theory]
    [InlineData(0x9B, "qos_not_supported", 0, true)]
    [InlineData(0x9A, "retain_not_supported", 1, false)]
    public async Task A_will_that_a_broker_does_not_take_is_offered_again_at_once_without_that(
        byte reason,
        string code,
        int qos,
        bool retain
    )
    {
        await using FaultBroker broker = new(new BrokerScript { ConnectCode = reason });
        await using LinkUnderTest link = new(broker.Port);
        await link.StartAsync(connects: false);
        await link.WaitForLogAsync($"({code}); next attempt in 0 s");

        ReceivedConnect[] connects = await FirstAsync(broker, 2);

        Assert.Equal((1, true), (connects[0].WillQos, connects[0].WillRetain));
        Assert.Equal((qos, retain), (connects[1].WillQos, connects[1].WillRetain));

        // It refuses that too: no third attempt at once.
        await FaultBroker.UntilAsync(() => link.Log.Count == 2, "a second refusal in the log");
        Assert.DoesNotContain("next attempt in 0 s", link.Log.Last(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("5", 5, 10u)]
    [InlineData("3.1.1", 4, 0u)]
    public async Task It_introduces_itself_as_the_agent_with_a_will(
        string protocol,
        int version,
        uint delay
    )
    {
        await using FaultBroker broker = new();
        await using LinkUnderTest link = new(broker.Port, protocol);
        await link.StartAsync();

        Assert.Equal(
            new ReceivedConnect(version, LinkUnderTest.Agent, 15, 1, true, delay),
            Assert.Single(broker.Connects)
        );
    }

    [Fact]
    public async Task A_subscription_that_is_refused_is_said_and_the_rest_goes_on()
    {
        await using FaultBroker broker = new(new BrokerScript { SubscribeCode = 0x87 });
        await using LinkUnderTest link = new(broker.Port);

        await link.StartAsync();

        await link.WaitForLogAsync(
            "does not let this agent subscribe to asff-edge/v1/agents/gate-07/desired: NotAuthorized"
        );
        Assert.True(await link.Link.TryPublishAsync(LinkUnderTest.Message("x"), LinkUnderTest.Ct));
    }

    private static async Task AssertComesBackAsync(FaultBroker broker, LinkUnderTest link)
    {
        broker.Script = new BrokerScript();
        await link.AdvanceUntilAsync(() => link.Link.IsConnected, 5, "a connection");
        Assert.All(broker.Connects, connect => Assert.Equal(LinkUnderTest.Agent, connect.ClientId));
    }

    private static async Task<ReceivedConnect[]> FirstAsync(FaultBroker broker, int count)
    {
        await FaultBroker.UntilAsync(() => broker.Connects.Count >= count, $"{count} connections");
        return [.. broker.Connects.Take(count)];
    }
}

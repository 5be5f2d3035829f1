using AsffEdge.Tests.Brokers;

namespace AsffEdge.Control.Tests.Broker;

/// <summary>A broker that no longer answers, at any point, is left in time. The seconds are those of a clock put forward.</summary>
public sealed class SilenceTests
{
    [Theory]
    [InlineData("5")]
    [InlineData("3.1.1")]
    public async Task One_that_says_nothing_from_the_beginning(string protocol)
    {
        await using FaultBroker broker = new(new BrokerScript { IsSilent = true });
        await using LinkUnderTest link = new(broker.Port, protocol);
        await link.StartAsync(connects: false);
        await FaultBroker.UntilAsync(() => broker.Accepted == 1, "a connection");

        double noticed = await link.AdvanceUntilLoggedAsync(
            "no answer in 10 s (timed_out); next attempt in ",
            12
        );

        Assert.InRange(noticed, 10, 12);
        await AssertComesBackAsync(broker, link);
    }

    [Fact]
    public async Task One_that_sends_its_answer_a_byte_every_second_is_given_ten()
    {
        await using FaultBroker broker = new(
            new BrokerScript { TrickleMs = 1000, ConnectProperties = new byte[40] }
        );
        await using LinkUnderTest link = new(broker.Port, time: TimeProvider.System);
        await link.StartAsync(connects: false);

        await link.WaitForLogAsync("no answer in 10 s (timed_out)");
    }

    [Fact]
    public async Task One_whose_answer_comes_in_bytes_is_understood()
    {
        await using FaultBroker broker = new(new BrokerScript { TrickleMs = 50 });
        await using LinkUnderTest link = new(broker.Port);

        await link.StartAsync();

        Assert.Equal(1, broker.Accepted);
    }

    [Fact]
    public async Task One_that_never_answers_the_subscriptions()
    {
        await using FaultBroker broker = new(new BrokerScript { IgnoresSubscribe = true });
        await using LinkUnderTest link = new(broker.Port);
        await link.StartAsync(connects: false);
        await FaultBroker.UntilAsync(() => broker.Connects.Count == 1, "a connection");

        double noticed = await link.AdvanceUntilLoggedAsync("no answer in 10 s (timed_out)", 12);

        Assert.InRange(noticed, 9.5, 12);
        await AssertComesBackAsync(broker, link);
    }

    [Fact]
    public async Task One_that_closes_when_a_subscription_comes_is_tried_at_growing_intervals()
    {
        await using FaultBroker broker = new(new BrokerScript { ClosesAtSubscribe = true });
        await using LinkUnderTest link = new(broker.Port);
        await link.StartAsync(connects: false);

        // 1, 2, 4, 8, 16 s, each half to one and a half of that.
        double waited = await link.AdvanceUntilAsync(
            () => broker.Accepted == 6,
            31 * 1.6,
            "six attempts"
        );

        Assert.InRange(waited, 31 * 0.45, 31 * 1.6);
        await AssertComesBackAsync(broker, link, 31);
    }

    [Theory]
    [InlineData(15)]
    [InlineData(3600)]
    public async Task One_that_falls_silent_is_noticed_in_twenty_seconds_whatever_the_interval_of_health(
        int healthIntervalS
    )
    {
        await using FaultBroker broker = new();
        await using LinkUnderTest link = new(broker.Port, healthIntervalS: healthIntervalS);
        await link.StartAsync();
        await FaultBroker.UntilAsync(() => !broker.Messages.IsEmpty, "a message");

        broker.Script = broker.Script with { IsSilent = true };
        double noticed = await link.AdvanceUntilLoggedAsync(
            "it acknowledges nothing any more (silent); next attempt in ",
            20
        );

        Assert.InRange(noticed, 18, 20);
        await AssertComesBackAsync(broker, link);
    }

    [Fact]
    public async Task While_messages_without_acknowledgement_are_sent_it_is_noticed_too()
    {
        await using FaultBroker broker = new();
        await using LinkUnderTest link = new(broker.Port);
        await link.StartAsync();
        await FaultBroker.UntilAsync(() => !broker.Messages.IsEmpty, "a message");

        broker.Script = broker.Script with { IsSilent = true };
        double noticed = await link.AdvanceUntilAsync(
            () =>
            {
                _ = link
                    .Link.TryPublishAsync(LinkUnderTest.Message("x", qos: 0), LinkUnderTest.Ct)
                    .AsTask();
                return link.HasLogged("(silent)");
            },
            20,
            "noticed"
        );

        Assert.InRange(noticed, 18, 20);
    }

    [Fact]
    public async Task One_that_answers_pings_and_acknowledges_nothing_is_left_too()
    {
        await using FaultBroker broker = new(new BrokerScript { Acknowledge = _ => null });
        await using LinkUnderTest link = new(broker.Port);
        await link.StartAsync();

        double noticed = await link.AdvanceUntilLoggedAsync("(silent); next attempt in ", 20);

        Assert.InRange(noticed, 18, 20);
        Assert.True(broker.Pings > 0);
    }

    [Fact]
    public async Task One_that_acknowledges_other_messages_than_those_sent_is_left_too()
    {
        await using FaultBroker broker = new(new BrokerScript { IdentifierShift = 1000 });
        await using LinkUnderTest link = new(broker.Port);
        await link.StartAsync();

        await link.AdvanceUntilLoggedAsync("(silent); next attempt in ", 20);

        await AssertComesBackAsync(broker, link);
    }

    [Fact]
    public async Task One_that_acknowledges_late_is_kept()
    {
        await using FaultBroker broker = new(
            new BrokerScript { AcknowledgeAfter = TimeSpan.FromSeconds(2) }
        );
        await using LinkUnderTest link = new(
            broker.Port,
            time: TimeProvider.System,
            healthIntervalS: 1
        );
        await link.StartAsync();

        for (int message = 0; message < 3; message++)
        {
            Assert.True(
                await link.Link.TryPublishAsync(LinkUnderTest.Message("x"), LinkUnderTest.Ct)
            );
        }

        Assert.Equal(1, broker.Accepted);
        Assert.True(link.Link.IsConnected);
    }

    [Fact]
    public async Task Nothing_to_say_is_no_silence()
    {
        await using FaultBroker broker = new();
        await using LinkUnderTest link = new(broker.Port, healthIntervalS: 3600);
        await link.StartAsync();

        await link.AdvanceUntilAsync(() => broker.Pings >= 4, 70, "four pings");

        Assert.Equal(1, broker.Accepted);
        Assert.True(link.Link.IsConnected);
    }

    private static async Task AssertComesBackAsync(
        FaultBroker broker,
        LinkUnderTest link,
        double within = 3
    )
    {
        broker.Script = new BrokerScript();
        int accepted = broker.Accepted;
        await link.AdvanceUntilAsync(
            () => link.Link.IsConnected && broker.Accepted > accepted,
            within,
            "a new connection"
        );
        await FaultBroker.UntilAsync(() => broker.Open == 1, "the old connection is closed");
    }
}

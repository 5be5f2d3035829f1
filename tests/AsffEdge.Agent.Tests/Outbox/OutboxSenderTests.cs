using System.Text;
using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Outbox;
using AsffEdge.Control.Broker;
using AsffEdge.Messaging;
using AsffEdge.Tests.Brokers;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace AsffEdge.Agent.Tests.Outbox;

[Trait("Category", "System")]
public sealed class OutboxSenderTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_message_that_the_broker_never_takes_does_not_hold_up_the_others()
    {
        await using Mosquitto broker = new() { Listener = "max_packet_size 4000\n" };
        await broker.StartAsync();
        using Observer observer = await Observer.ConnectAsync(broker.Port);
        using OutboxFixture fixture = new();
        fixture.Add();
        fixture.Add(padding: 8000);
        fixture.Add();

        await SendAsync(broker, fixture, () => Numbers(observer).Contains(3));

        Assert.Equal([1, 3], Numbers(observer).Distinct());
        Assert.Equal((0, 1), (fixture.Outbox.Status.Depth, fixture.Outbox.Status.Dropped));
        Assert.Contains(fixture.Log.Lines, line => line.Contains("takes others but not message 2"));
    }

    [Fact]
    public async Task What_is_caught_up_on_is_limited_in_its_rate_and_marked()
    {
        await using Mosquitto broker = new();
        await broker.StartAsync();
        using Observer observer = await Observer.ConnectAsync(broker.Port);
        using OutboxFixture fixture = new(new OutboxOptions { DrainPerS = 50 });
        for (int i = 0; i < 100; i++)
        {
            fixture.Outbox.Append([
                new OutboxEntry(
                    OutboxKind.Event,
                    "t",
                    Encoding.UTF8.GetBytes("""{"late":false}""")
                ),
            ]);
        }

        fixture.Reopen();
        long started = TimeProvider.System.GetTimestamp();
        await SendAsync(broker, fixture, () => observer.Seen.Count(IsMarked) == 100);

        Assert.InRange(TimeProvider.System.GetElapsedTime(started).TotalSeconds, 1.8, 60);

        static bool IsMarked(MQTTnet.MqttApplicationMessage message) =>
            Observer.Text(message) == """{"late":true}""";
    }

    [Fact]
    public async Task What_comes_meanwhile_does_not_use_up_the_rate_of_catching_up()
    {
        const int Waiting = 20;
        const int Meanwhile = 200;
        await using Mosquitto broker = new();
        await broker.StartAsync();
        using Observer observer = await Observer.ConnectAsync(broker.Port);
        using OutboxFixture fixture = new(new OutboxOptions { DrainPerS = 50 });
        for (int i = 0; i < Waiting; i++)
        {
            fixture.Add();
        }

        fixture.Reopen();
        FakeTimeProvider pace = new();
        bool isAdded = false;
        await SendAsync(
            broker,
            fixture,
            () =>
            {
                int seen = observer.Seen.Count(message => message.Topic == "t");
                if (!isAdded && seen > 0)
                {
                    for (int i = 0; i < Meanwhile; i++)
                    {
                        fixture.Add();
                    }

                    fixture.Time.Advance(TimeSpan.FromMinutes(1)); // they have become late too
                    pace.Advance(TimeSpan.FromSeconds(1)); // ends the pause that it is in, and is of no more than 50 messages
                    isAdded = true;
                }

                // As many as came are sent while the clock that paces stands still, and then the rest.
                if (!isAdded || seen >= Meanwhile)
                {
                    pace.Advance(TimeSpan.FromSeconds(0.02));
                }

                return seen == Waiting + Meanwhile;
            },
            pace
        );
    }

    private static async Task SendAsync(
        Mosquitto broker,
        OutboxFixture fixture,
        Func<bool> isEnough,
        TimeProvider? pace = null
    )
    {
        MqttOptions options = new()
        {
            Host = "127.0.0.1",
            Port = broker.Port,
            Outbox = fixture.Options,
        };
        using MqttLink link = new(
            new LinkOptions("gate-07", options, HealthIntervalS: 3600),
            new Topics(Topics.DefaultRoot),
            BootId.New(TimeProvider.System),
            new RetainedBoard(),
            TimeProvider.System,
            NullLogger<MqttLink>.Instance,
            CancellationToken.None
        );
        using OutboxSender sender = new(fixture.Outbox, link, options, pace ?? TimeProvider.System);
        await link.StartAsync(Ct);
        await sender.StartAsync(Ct);
        for (int waited = 0; !isEnough() || fixture.Outbox.Peek(1).Count > 0; waited++)
        {
            Assert.True(waited < 1500, string.Join('\n', fixture.Log.Lines));
            await Task.Delay(20, Ct);
        }

        await sender.StopAsync(Ct);
        await link.StopAsync(Ct);
    }

    private static List<int> Numbers(Observer observer) =>
        [
            .. observer
                .Seen.Where(message => message.Topic == "t")
                .Select(message => int.Parse(Observer.Text(message).Trim(), null)),
        ];
}

using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Health;
using AsffEdge.Agent.Tests.Outbox;
using AsffEdge.Control.Broker;
using AsffEdge.Messaging;
using Microsoft.Extensions.Logging.Abstractions;

namespace AsffEdge.Agent.Tests.Health;

/// <summary>A real outbox behind a link that was never started.</summary>
public sealed class DeliveryFaultsTests : IDisposable
{
    private const int OfAMebibyte = 400_000; // bytes; three fit nearly

    private static readonly MqttOptions Broker = new() { Host = "broker.local", Port = 1884 };

    private readonly MqttLink _link = new(
        new LinkOptions("gate-07", Broker, HealthIntervalS: 3600),
        new Topics(Topics.DefaultRoot),
        BootId.New(TimeProvider.System),
        new RetainedBoard(),
        TimeProvider.System,
        NullLogger<MqttLink>.Instance,
        CancellationToken.None
    );

    public void Dispose() => _link.Dispose();

    [Fact]
    public void Without_a_connection_the_broker_is_named()
    {
        Degradation fault = Assert.Single(
            new DeliveryFaults(Broker, _link, null, TimeProvider.System).Find()
        );

        Assert.Equal(HealthCode.BrokerUnreachable, fault.Code);
        Assert.Contains("broker.local:1884", fault.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Lost_messages_are_a_fault_for_ten_minutes_after_the_last()
    {
        using OutboxFixture fixture = new(new OutboxOptions { MaxMb = 1 });
        DeliveryFaults faults = new(Broker, _link, fixture.Outbox, fixture.Time);
        fixture.Add(padding: OfAMebibyte);
        Assert.DoesNotContain(HealthCode.OutboxDropping, Codes(faults));

        Fill(fixture);
        Assert.Contains(HealthCode.OutboxDropping, Codes(faults));
        fixture.Time.Advance(TimeSpan.FromMinutes(9));
        Fill(fixture);
        Assert.Contains(HealthCode.OutboxDropping, Codes(faults));
        fixture.Time.Advance(TimeSpan.FromMinutes(9));
        Assert.Contains(HealthCode.OutboxDropping, Codes(faults));
        fixture.Time.Advance(TimeSpan.FromMinutes(2));
        Assert.DoesNotContain(HealthCode.OutboxDropping, Codes(faults));
    }

    [Fact]
    public void A_disk_that_takes_nothing_is_a_fault_with_its_cause()
    {
        using OutboxFixture fixture = new(path: "/dev/null/state");
        fixture.Add();

        Degradation fault = Assert.Single(
            new DeliveryFaults(Broker, _link, fixture.Outbox, fixture.Time).Find(),
            fault => fault.Code == HealthCode.OutboxUnwritable
        );

        Assert.Contains(fixture.Outbox.Status.Problem!, fault.Detail, StringComparison.Ordinal);
    }

    private static void Fill(OutboxFixture fixture)
    {
        for (int message = 0; message < 4; message++)
        {
            fixture.Add(padding: OfAMebibyte);
        }
    }

    private static IEnumerable<HealthCode> Codes(DeliveryFaults faults) =>
        faults.Find().Select(fault => fault.Code);
}

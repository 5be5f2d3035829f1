using AsffEdge.Fleet.Simulation;
using Microsoft.Extensions.Time.Testing;

namespace AsffEdge.Fleet.Tests.Simulation;

public sealed class SimulationStatusTests
{
    private static readonly FleetCount Thousand = new(
        Agents: 1000,
        Started: 1000,
        Connected: 1000,
        Applied: 1000,
        Pending: 0,
        Refused: 0,
        RolledBack: 0,
        Sent: 5000,
        Received: 0
    );

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void A_calm_fleet_is_one_short_line_with_the_rates_since_the_last_look()
    {
        SimulationStatus before = SimulationStatus.Now(Thousand, null, _time);
        _time.Advance(TimeSpan.FromSeconds(2));
        SimulationStatus now = SimulationStatus.Now(
            Thousand with
            {
                Sent = 5266,
                Received = 10,
            },
            before,
            _time
        );

        Assert.Equal(
            "1000 of 1000 connected · 1000 applied · 133 messages/s out, 5 in",
            now.Describe()
        );
    }

    [Fact]
    public void Says_what_went_otherwise()
    {
        FleetCount count = Thousand with
        {
            Connected = 950,
            Applied = 900,
            Pending = 50,
            Refused = 30,
            RolledBack = 20,
        };

        Assert.Equal(
            "950 of 1000 connected · 900 applied · 50 pending · 30 refused · 20 rolled back · 0 messages/s out, 0 in",
            SimulationStatus.Now(count, null, _time).Describe()
        );
    }

    [Fact]
    public void Shows_progress_while_agents_connect()
    {
        Assert.Equal(
            "connecting: 626 of 1000 · 0 messages/s out, 0 in",
            SimulationStatus.Now(Thousand with { Started = 626 }, null, _time).Describe()
        );
    }
}

using AsffEdge.Fleet.Output;
using AsffEdge.Fleet.State;
using AsffEdge.Messaging;

namespace AsffEdge.Fleet.Tests.Output;

/// <summary>The live picture of a fleet.</summary>
public sealed class WatchViewTests
{
    private static readonly FleetAgent[] Thousand =
    [
        .. Enumerable
            .Range(0, 996)
            .Select(number => Fleets.Agent($"gate-{number:000}", groups: "gates")),
        Fleets.Agent(
            "z-pending",
            reported: FleetMessages.Reported("fast", 7, ReportedState.Pending)
        ),
        Fleets.Agent("z-camera").WithCamera("yard", "error"),
        Fleets.Agent("z-away", AgentState.Offline),
        Fleets.Agent(
            "z-refused",
            reported: FleetMessages.Reported("fast", 7, ReportedState.Rejected, ResultCode.BadSize)
        ),
    ];

    [Theory]
    [InlineData(80, 24)]
    [InlineData(60, 10)]
    [InlineData(200, 60)]
    public void A_thousand_agents_fit_the_terminal(int width, int height)
    {
        string[] lines = Draw(Thousand, width, height);

        Assert.Equal(height, lines.Length);
        Assert.All(lines, line => Assert.InRange(line.Length, 1, width));
        Assert.StartsWith($"{1000 - (height - 3)} more; ", lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Those_that_need_somebody_come_first()
    {
        string[] agents = [.. Draw(Thousand, 80, 9)[2..^1].Select(line => line.Split(' ')[0])];

        Assert.Equal(
            ["z-refused", "z-away", "z-camera", "z-pending", "gate-000", "gate-001"],
            agents
        );
    }

    [Fact]
    public void The_totals_count_states_reports_and_cameras()
    {
        Assert.Equal(
            "1,000 agents: 999 online, 1 offline, 1 pending, 1 rejected, 1,997 of 2,000 cameras online",
            WatchView.Totals(Thousand)
        );
    }

    [Fact]
    public void A_small_fleet_leaves_the_rest_of_the_screen_empty()
    {
        Assert.Equal(
            [
                "05:00:00Z 1 agents: 1 online, 2 of 2 cameras online",
                "agent    state   version  groups  profile   size  rev  report   cameras  fps",
                "gate-07  online  0.1.0    -       balanced  416   -    applied  2/2      9.8",
                "Ctrl-C ends",
            ],
            Draw([Fleets.Agent("gate-07")], 100, 24)
        );
    }

    private static string[] Draw(FleetAgent[] agents, int width, int height) =>
        Rendering.Lines(WatchView.Of(agents, width, height, FleetMessages.Now), width);
}

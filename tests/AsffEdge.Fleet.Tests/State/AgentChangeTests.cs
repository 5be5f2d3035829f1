using AsffEdge.Fleet.State;
using AsffEdge.Messaging;

namespace AsffEdge.Fleet.Tests.State;

public sealed class AgentChangeTests
{
    private static readonly FleetAgent Agent = Fleets.Agent("gate-07", groups: "gates");

    [Fact]
    public void Nothing_changes_where_only_figures_move()
    {
        Assert.Empty(
            Between(
                [Agent],
                [
                    Agent with
                    {
                        Reported = FleetMessages.Reported() with
                        {
                            Cameras = Agent.Reported!.Cameras.ToDictionary(
                                camera => camera.Key,
                                camera => camera.Value with { Fps = 1, InferenceMsP50 = 2 }
                            ),
                        },
                    },
                ]
            )
        );
    }

    [Fact]
    public void Every_fact_that_changes_is_named_with_both_values()
    {
        FleetAgent after = Agent.WithCamera("yard", "error", "not_found") with
        {
            Status = FleetMessages.Status() with { Boot = "000001" },
            Reported = FleetMessages.Reported("fast", 42),
        };

        Assert.Equal(
            [
                "boot 9b1f6c 000001",
                "source local agent",
                "rev  42",
                "cameras.dock-1.profile balanced fast",
                "cameras.dock-1.size 416 320",
                "cameras.yard.profile balanced fast",
                "cameras.yard.size 416 320",
                "cameras.yard.state online error not_found",
            ],
            Between([Agent], [after])
        );
    }

    [Fact]
    public void Agents_that_come_and_go_change_from_and_to_nothing()
    {
        FleetAgent bare = new("yard-01") { Status = FleetMessages.Status(AgentState.Offline) };

        Assert.Equal(["state  offline", "boot  9b1f6c"], Between([Agent], [Agent, bare]));
        Assert.Equal(["state offline ", "boot 9b1f6c "], Between([Agent, bare], [Agent]));
    }

    private static string[] Between(FleetAgent[] before, FleetAgent[] after) =>
        [
            .. AgentChange
                .Between(ById(before), ById(after), FleetMessages.Now)
                .Select(change => $"{change.Field} {change.From} {change.To}"),
        ];

    private static Dictionary<string, FleetAgent> ById(FleetAgent[] agents) =>
        agents.ToDictionary(agent => agent.Id);
}

using AsffEdge.Fleet.Rollouts;
using AsffEdge.Fleet.State;
using AsffEdge.Messaging;

namespace AsffEdge.Fleet.Tests.Rollouts;

/// <summary>By which document an agent runs what it runs.</summary>
public sealed class AgentDocumentsTests
{
    private static readonly DesiredDocument Retained = new() { Rev = 42, Profile = "night" };
    private static readonly DesiredDocument Inherit = new() { Rev = 42, Profile = "inherit" };
    private static readonly DesiredDocument OfGroup = new() { Rev = 7, Profile = "max" };
    private static readonly Dictionary<string, DesiredDocument> Groups = new()
    {
        ["gates"] = OfGroup,
    };

    [Fact]
    public void A_retained_document_holds_when_the_agent_holds_it()
    {
        FleetAgent agent = Agent(Retained, "agent", 42, Said(ReportedState.Applied, 42));

        Assert.Same(Retained, AgentDocuments.Own(agent));
        Assert.Same(Retained, AgentDocuments.InForce(agent, Groups));
    }

    [Fact]
    public void A_retained_document_that_has_not_arrived_will_hold()
    {
        Assert.Same(Retained, AgentDocuments.Own(new FleetAgent("a") { Desired = Retained }));
        Assert.Same(
            Retained,
            AgentDocuments.Own(Agent(Retained, "agent", 41, Said(ReportedState.Applied, 41)))
        );
        Assert.Same(Retained, AgentDocuments.Own(Agent(Retained, "local", null, null)));
    }

    [Fact]
    public void Of_a_refused_document_nothing_is_kept()
    {
        ReportedSource said = new(ReportedState.Rejected, ResultCode.BadDocument)
        {
            RevSeen = 42,
            Rev = 41,
        };

        DesiredDocument? own = AgentDocuments.Own(Agent(Retained, "agent", 41, said));

        Assert.Equal("balanced", own!.Profile);
        Assert.Equal("fast", own.Cameras!["yard"].Profile);
        Assert.Null(AgentDocuments.Own(Agent(Retained, "local", null, said with { Rev = null })));
    }

    [Fact]
    public void A_document_that_was_rolled_back_does_not_hold()
    {
        Assert.Null(
            AgentDocuments.Own(Agent(Retained, "local", null, Said(ReportedState.RolledBack, 42)))
        );
    }

    [Fact]
    public void What_a_command_brought_is_known_by_what_runs()
    {
        DesiredDocument? own = AgentDocuments.Own(
            Agent(Retained, "agent", 50, Said(ReportedState.Applied, 50))
        );

        Assert.Equal("balanced", own!.Profile);
    }

    [Fact]
    public void An_agent_that_inherits_has_no_document_of_its_own_and_runs_by_its_groups()
    {
        FleetAgent agent = Agent(Inherit, "group:gates", 7, Said(ReportedState.Applied, 42));

        Assert.Null(AgentDocuments.Own(agent));
        Assert.Same(OfGroup, AgentDocuments.InForce(agent, Groups));
    }

    [Fact]
    public void The_configuration_of_an_agent_is_no_document()
    {
        FleetAgent agent = Agent(null, "local", null, null) with { Info = FleetMessages.Info("a") };

        Assert.Null(AgentDocuments.InForce(agent, Groups));
    }

    [Fact]
    public void A_group_s_document_that_the_agent_refused_is_not_in_force()
    {
        FleetAgent agent = Agent(null, "local", null, null);
        agent = agent with
        {
            Reported = agent.Reported! with
            {
                Sources = new Dictionary<string, ReportedSource>
                {
                    ["group:gates"] = new(ReportedState.Rejected, ResultCode.BadSize)
                    {
                        RevSeen = 7,
                    },
                },
            },
        };

        Assert.Null(AgentDocuments.InForce(agent, Groups));
    }

    [Fact]
    public void What_runs_names_the_most_common_profile_and_what_was_asked_for()
    {
        ReportedDocument reported = FleetMessages.Reported() with
        {
            Cameras = new Dictionary<string, ReportedCamera>
            {
                ["a"] = Camera("fast"),
                ["b"] = Camera("max") with { Requested = "auto" },
                ["c"] = Camera("max") with { Requested = "auto" },
            },
        };

        DesiredDocument document = AgentDocuments.OfRunning(reported)!;

        Assert.Equal("auto", document.Profile);
        Assert.Equal(
            ("a", "fast"),
            document.Cameras!.Select(c => (c.Key, c.Value.Profile)).Single()
        );
    }

    [Fact]
    public void The_last_revision_is_the_greatest_of_all_that_is_known()
    {
        Assert.Equal(0, AgentDocuments.LastRev(new FleetAgent("a")));
        Assert.Equal(42, AgentDocuments.LastRev(new FleetAgent("a") { Desired = Retained }));
        Assert.Equal(
            50,
            AgentDocuments.LastRev(Agent(Retained, "agent", 50, Said(ReportedState.Applied, 50)))
        );
        Assert.Equal(
            60,
            AgentDocuments.LastRev(
                Agent(Retained, "agent", 50, Said(ReportedState.Rejected, 50) with { RevSeen = 60 })
            )
        );
        Assert.Equal(
            7,
            AgentDocuments.LastRev("gates", OfGroup, [Agent(Retained, "agent", 42, null)])
        );
    }

    private static ReportedSource Said(ReportedState state, long rev) =>
        new(state, ResultCode.Ok) { RevSeen = rev, Rev = rev };

    private static FleetAgent Agent(
        DesiredDocument? desired,
        string source,
        long? rev,
        ReportedSource? said
    ) =>
        new("a")
        {
            Info = FleetMessages.Info("a", "gates"),
            Desired = desired,
            Reported = FleetMessages.Reported("balanced", rev) with
            {
                Source = source,
                RevSeen = said?.RevSeen,
                Sources = said is null
                    ? null
                    : new Dictionary<string, ReportedSource> { ["agent"] = said },
                Cameras = new Dictionary<string, ReportedCamera>
                {
                    ["dock-1"] = Camera("balanced"),
                    ["dock-2"] = Camera("balanced"),
                    ["yard"] = Camera("fast"),
                },
            },
        };

    private static ReportedCamera Camera(string profile) =>
        new(profile, 416, null, null, FleetMessages.Now);
}

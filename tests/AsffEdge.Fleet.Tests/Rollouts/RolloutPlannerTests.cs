using AsffEdge.Control.Settings;
using AsffEdge.Fleet.Rollouts;
using AsffEdge.Messaging;

namespace AsffEdge.Fleet.Tests.Rollouts;

/// <summary>Who is told what, and what is refused before anything is sent.</summary>
public sealed class RolloutPlannerTests
{
    private static readonly ProfileChange Fast = new("fast");
    private static readonly long NowS = new DateTimeOffset(FleetMessages.Now).ToUnixTimeSeconds();

    private readonly ScriptedFleet _fleet = new();

    public RolloutPlannerTests()
    {
        _fleet.Add("gate-07", AgentState.Online, "gates", "oslo");
        _fleet.Add("gate-08", AgentState.Offline, "gates");
        _fleet.Add("gate-09", AgentState.Online, "gates");
        _fleet.Add("yard-01", AgentState.Online, "yards");
    }

    [Fact]
    public void Named_agents_come_first_then_those_that_are_online()
    {
        RolloutPlan plan = Plan(Choose(["gate-09"], ["gates", "yards"]), Fast, "1,100%");

        Assert.Equal("gate-09 | gate-07 yard-01 gate-08", Waves(plan));
    }

    [Fact]
    public void Every_agent_has_a_document_of_its_own()
    {
        RolloutPlan plan = Plan(new TargetChoice([], [], true), Fast);

        Assert.Equal("gate-07 gate-09 yard-01 gate-08", Waves(plan));
        Assert.All(plan.Orders, order => Assert.Equal("agent", order.Source));
        DesiredDocument document = plan.Orders.First().Document;
        Assert.Equal(
            (NowS, "ops@hq", FleetMessages.Now, "fast"),
            (document.Rev, document.By, document.Issued, document.Profile)
        );
    }

    [Fact]
    public void A_revision_is_greater_than_any_that_this_agent_has_seen()
    {
        _fleet.Desire("gate-07", new DesiredDocument { Rev = NowS + 5, Profile = "fast" });
        _fleet.Say("gate-09", "agent", NowS + 9, ReportedState.Rejected, ResultCode.BadSize);

        RolloutPlan plan = Plan(Choose([], ["gates"]), Fast, "100%");

        Assert.Equal(
            [("gate-07", NowS + 6), ("gate-09", NowS + 10), ("gate-08", NowS)],
            plan.Orders.Select(order => (order.Name, order.Document.Rev))
        );
    }

    [Fact]
    public void A_group_alone_is_told_by_its_own_document()
    {
        _fleet.DesireOfGroup(
            "gates",
            new DesiredDocument
            {
                Rev = NowS + 3,
                Profile = "balanced",
                Cameras = new Dictionary<string, DesiredCamera> { ["yard"] = new("max") },
            }
        );

        RolloutPlan plan = Plan(Choose([], ["gates"]), Fast);

        Order order = Assert.Single(plan.Orders);
        Assert.Equal(("group:gates", NowS + 4), (order.Source, order.Document.Rev));
        Assert.Equal("max", order.Document.Cameras!["yard"].Profile);
        Assert.Equal("balanced", order.Previous!.Profile);
        Assert.Equal(3, plan.Targets.Count());
    }

    [Fact]
    public void A_member_of_two_groups_answers_for_the_stronger_one()
    {
        RolloutPlan plan = Plan(Choose([], ["oslo", "gates"]), Fast);

        Assert.Equal(
            ["gate-07 group:gates", "gate-09 group:gates", "gate-08 group:gates"],
            plan.Targets.Select(target => $"{target.Agent} {target.Order.Source}")
        );
        Assert.Equal(2, plan.Orders.Count());
    }

    [Fact]
    public void Whoever_has_a_document_of_its_own_is_named_before_a_group_is_told()
    {
        _fleet.Desire("gate-09", new DesiredDocument { Rev = 42, Profile = "max" });

        RolloutPlan plan = Plan(Choose([], ["gates"]), Fast);

        Assert.Equal(
            ["gate-09 has a document of its own, which is stronger than the group's"],
            plan.Warnings
        );
    }

    [Fact]
    public void An_agent_s_document_carries_what_its_group_s_document_adds()
    {
        DesiredDocument group = new()
        {
            Rev = 7,
            Profile = "night",
            Profiles = new Dictionary<string, DesiredProfile>
            {
                ["night"] = new(448, null, null, null),
            },
        };
        _fleet.DesireOfGroup("gates", group);

        RolloutPlan plan = Plan(Choose(["gate-07"], []), new ProfileChange("night"));

        Assert.Equal(448, plan.Orders.Single().Document.Profiles!["night"].Size);
        Assert.Null(plan.Orders.Single().Previous);
    }

    [Fact]
    public void One_camera_changes_and_the_others_go_on_with_what_they_run()
    {
        RolloutPlan plan = Plan(Choose(["gate-07"], []), Fast with { Only = ["yard"] });

        DesiredDocument document = plan.Orders.Single().Document;
        Assert.Equal("balanced", document.Profile);
        Assert.Equal("fast", Assert.Single(document.Cameras!).Value.Profile);
    }

    [Theory]
    [InlineData(
        "gate-7",
        "",
        "fast",
        "",
        "--agent is 'gate-7', which is no agent; did you mean 'gate-07'?"
    )]
    [InlineData(
        "nobody",
        "",
        "fast",
        "",
        "--agent is 'nobody', which is no agent; 'asff-fleet agents' lists them"
    )]
    [InlineData(
        "",
        "gate",
        "fast",
        "",
        "--group is 'gate', which is no group of an agent; did you mean 'gates'?"
    )]
    [InlineData(
        "gate-07",
        "",
        "fsat",
        "",
        "'fsat' is a profile of none of these agents; did you mean 'fast'? Allowed: balanced, fast, auto"
    )]
    [InlineData(
        "gate-07",
        "",
        "fast",
        "dokc-1",
        "--camera names 'dokc-1', which none of these agents has; did you mean 'dock-1'?"
    )]
    [InlineData(
        "",
        "gates",
        "fast",
        "dock-1",
        "--group gates: the group has no document yet in which a camera could be changed; with --wave 100% each agent is told by itself"
    )]
    public void What_cannot_be_meant_is_refused_with_the_nearest_name(
        string agent,
        string group,
        string profile,
        string camera,
        string problem
    )
    {
        ConfigurationException error = Assert.Throws<ConfigurationException>(() =>
            Plan(
                Choose(agent.Length > 0 ? [agent] : [], group.Length > 0 ? [group] : []),
                new ProfileChange(profile) { Only = camera.Length > 0 ? [camera] : [] }
            )
        );

        Assert.Equal(problem, error.Message);
    }

    [Fact]
    public void A_document_that_no_agent_would_read_is_refused_here()
    {
        ProfileChange change = Fast with
        {
            Cameras = new Dictionary<string, string> { ["yard"] = "inherit" },
        };

        ConfigurationException error = Assert.Throws<ConfigurationException>(() =>
            Plan(Choose(["gate-07"], []), change)
        );

        Assert.Equal(
            "the document for gate-07: 'cameras.yard.profile' is 'inherit', which only the document's 'profile' can be",
            error.Message
        );
    }

    [Fact]
    public void Nobody_in_the_fleet_is_a_problem()
    {
        ConfigurationException error = Assert.Throws<ConfigurationException>(() =>
            new ScriptedFleet().Plan(new TargetChoice([], [], true), Fast)
        );

        Assert.Equal("the broker knows no agents", error.Message);
    }

    [Fact]
    public void A_plan_names_everybody_who_is_meant_once_and_those_who_are_offline_last() =>
        Laws.Hold(random =>
        {
            ScriptedFleet fleet = new();
            int count = random.Next(1, 60);
            for (int agent = 0; agent < count; agent++)
            {
                fleet.Add(
                    $"a-{agent}",
                    random.Next(3) == 0 ? AgentState.Offline : AgentState.Online,
                    $"g-{random.Next(4)}",
                    $"g-{random.Next(4)}"
                );
            }

            string[] groups =
            [
                .. fleet
                    .State.Agents.SelectMany(agent => agent.Groups)
                    .Distinct()
                    .Where(_ => random.Next(2) == 0),
            ];
            string[] named = [$"a-{random.Next(count)}"];

            RolloutPlan plan = fleet.Plan(new TargetChoice(named, groups, false), Fast, "10%,50%");

            string[] expected =
            [
                .. fleet
                    .State.Agents.Where(agent =>
                        named.Contains(agent.Id) || agent.Groups.Any(groups.Contains)
                    )
                    .Select(agent => agent.Id)
                    .Order(StringComparer.Ordinal),
            ];
            Assert.Equal(
                expected,
                plan.Targets.Select(target => target.Agent).Order(StringComparer.Ordinal)
            );
            Assert.Equal(named[0], plan.Targets.First().Agent);
            bool[] online =
            [
                .. plan.Targets.Skip(1).Select(target => fleet.State.Find(target.Agent)!.IsOnline),
            ];
            Assert.Equal(online.OrderByDescending(isOnline => isOnline), online);
        });

    private static TargetChoice Choose(string[] agents, string[] groups) =>
        new(agents, groups, false);

    private static string Waves(RolloutPlan plan) =>
        string.Join(
            " | ",
            plan.Waves.Select(wave => string.Join(' ', wave.Targets.Select(target => target.Agent)))
        );

    private RolloutPlan Plan(TargetChoice choice, ProfileChange change, string? waves = null) =>
        _fleet.Plan(choice, change, waves);
}

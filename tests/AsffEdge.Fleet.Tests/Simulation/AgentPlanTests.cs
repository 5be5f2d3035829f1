using AsffEdge.Fleet.Simulation;
using AsffEdge.Messaging;
using FsCheck;
using FsCheck.Fluent;

namespace AsffEdge.Fleet.Tests.Simulation;

public sealed class AgentPlanTests
{
    /// <summary>Whatever is asked for: the shares are met to the agent, nobody is both away and failing, all ids are valid and different.</summary>
    [Fact]
    public void Meets_the_shares_that_were_asked_for()
    {
        Gen<SimulationOptions> asked =
            from agents in Gen.Choose(1, 300)
            from fail in Gen.Choose(0, 100)
            from offline in Gen.Choose(0, 100 - fail)
            from seed in Gen.Choose(0, 1000)
            select new SimulationOptions
            {
                Agents = agents,
                FailRate = fail / 100.0,
                OfflineRate = offline / 100.0,
                Groups = ["gates", "yards"],
                Seed = seed,
            };

        Check.QuickThrowOnFailure(
            Prop.ForAll(
                asked.ToArbitrary(),
                options =>
                {
                    AgentPlan[] plans = AgentPlan.Make(options);
                    int away = plans.Count(plan => plan.IsAway);
                    int noMemory = plans.Count(plan => plan.Fault == AgentFault.NoMemory);
                    int slow = plans.Count(plan => plan.Fault == AgentFault.TooSlow);
                    return plans.Length == options.Agents
                        && Math.Abs(away - options.OfflineRate * options.Agents) <= 0.5
                        && Math.Abs(noMemory + slow - options.FailRate * options.Agents) <= 1
                        && noMemory - slow is 0 or 1
                        && !plans.Any(plan => plan.IsAway && plan.Fault != AgentFault.None)
                        && plans.All(plan => Identifier.IsValid(plan.Id))
                        && plans.Select(plan => plan.Id).Distinct().Count() == plans.Length
                        && plans.All(plan => plan.Groups.Count == 1);
                }
            )
        );
    }

    [Fact]
    public void The_same_seed_picks_the_same_agents_and_another_one_others()
    {
        SimulationOptions options = new() { Agents = 100, FailRate = 0.1 };

        Assert.Equal(Failing(options), Failing(options));
        Assert.NotEqual(Failing(options), Failing(options with { Seed = 2 }));

        static string[] Failing(SimulationOptions options) =>
            [
                .. AgentPlan
                    .Make(options)
                    .Where(plan => plan.Fault != AgentFault.None)
                    .Select(plan => plan.Id),
            ];
    }

    [Fact]
    public void Ids_are_numbered_from_one_and_sort_as_numbers()
    {
        AgentPlan[] plans = AgentPlan.Make(new SimulationOptions { Agents = 100, Prefix = "dock" });

        Assert.Equal(("dock-001", "dock-100"), (plans[0].Id, plans[99].Id));
        Assert.Equal(
            plans.Select(plan => plan.Id).Order(StringComparer.Ordinal),
            plans.Select(plan => plan.Id)
        );
    }
}

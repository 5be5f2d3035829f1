using AsffEdge.Fleet.State;
using AsffEdge.Messaging;

namespace AsffEdge.Fleet.Rollouts;

/// <summary>A plan as one object of JSON: what would be published.</summary>
/// <param name="Waves">The waves in order.</param>
/// <param name="Warnings">What a person should know before; null: nothing.</param>
internal sealed record PlanReport(IReadOnlyList<PlannedWave> Waves, IReadOnlyList<string>? Warnings)
{
    /// <summary>The report of <paramref name="plan"/>.</summary>
    public static PlanReport Of(RolloutPlan plan, Topics topics, Func<string, FleetAgent?> find) =>
        new(
            [
                .. plan.Waves.Select(wave => new PlannedWave(
                    [
                        .. wave.Orders.Select(order => new PlannedDocument(
                            order.Topic(topics),
                            order.Document
                        )),
                    ],
                    [
                        .. wave.Targets.Select(target => new PlannedAgent(
                            target.Agent,
                            find(target.Agent)?.IsOnline ?? false
                        )),
                    ]
                )),
            ],
            plan.Warnings.Count > 0 ? plan.Warnings : null
        );
}

/// <summary>A wave in <see cref="PlanReport"/>.</summary>
/// <param name="Documents">What would be published, retained.</param>
/// <param name="Agents">Who would be expected to answer.</param>
internal sealed record PlannedWave(
    IReadOnlyList<PlannedDocument> Documents,
    IReadOnlyList<PlannedAgent> Agents
);

/// <summary>A document in <see cref="PlanReport"/>.</summary>
internal sealed record PlannedDocument(string Topic, DesiredDocument Document);

/// <summary>An agent in <see cref="PlanReport"/>.</summary>
internal sealed record PlannedAgent(string Agent, bool Online);

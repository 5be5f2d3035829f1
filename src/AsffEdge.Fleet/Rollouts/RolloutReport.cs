using AsffEdge.Fleet.Output;
using AsffEdge.Messaging;

namespace AsffEdge.Fleet.Rollouts;

/// <summary>A roll-out as one object of JSON.</summary>
internal sealed record RolloutReport
{
    /// <summary>How it ended.</summary>
    public required RolloutEnd End { get; init; }

    /// <summary>The profile.</summary>
    public required string Profile { get; init; }

    /// <summary>Who wanted it.</summary>
    public required string By { get; init; }

    /// <summary>When, UTC.</summary>
    public required DateTime Issued { get; init; }

    /// <summary>How many agents have come to what, by outcome.</summary>
    public required IReadOnlyDictionary<string, int> Counts { get; init; }

    /// <summary>The waves that started.</summary>
    public required IReadOnlyList<WaveReport> Waves { get; init; }

    /// <summary>Every agent, in the order of the waves.</summary>
    public required IReadOnlyList<AgentResult> Agents { get; init; }

    /// <summary>What the broker has refused; null: nothing.</summary>
    public IReadOnlyList<string>? Problems { get; init; }

    /// <summary>The report of <paramref name="result"/>.</summary>
    public static RolloutReport Of(RolloutPlan plan, RolloutResult result) =>
        new()
        {
            End = result.End,
            Profile = plan.Change.Profile,
            By = plan.Head.By!,
            Issued = plan.Head.Issued!.Value,
            Counts = CountsOf(result.Agents),
            Waves =
            [
                .. plan.Waves.Zip(
                    result.Waves,
                    (wave, took) =>
                        new WaveReport(wave.Targets.Count, Math.Round(took.TotalMilliseconds))
                ),
            ],
            Agents = result.Agents,
            Problems = result.Problems.Count > 0 ? result.Problems : null,
        };

    /// <summary>How many of <paramref name="agents"/> have come to what, by outcome.</summary>
    public static IReadOnlyDictionary<string, int> CountsOf(IEnumerable<AgentResult> agents) =>
        agents
            .CountBy(agent => agent.Outcome)
            .OrderBy(count => count.Key)
            .ToDictionary(count => ContractName.Of(count.Key), count => count.Value);
}

/// <summary>A wave in <see cref="RolloutReport"/>.</summary>
/// <param name="Agents">How many agents it told.</param>
/// <param name="TookMs">Milliseconds until it was through.</param>
internal sealed record WaveReport(int Agents, double TookMs);

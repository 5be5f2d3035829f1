using AsffEdge.Fleet.Rollouts;

namespace AsffEdge.Fleet.Models;

/// <summary>The roll-out of a model as one object of JSON.</summary>
/// <param name="End">How it ended.</param>
/// <param name="Sha256">Lower-case hex of the file.</param>
/// <param name="By">Who wanted it.</param>
/// <param name="Agents">Every agent, in the order of the waves.</param>
internal sealed record ModelRolloutReport(
    RolloutEnd End,
    string Sha256,
    string By,
    IReadOnlyList<ModelResult> Agents
);

/// <summary>Who would be told, as one object of JSON.</summary>
/// <param name="Waves">The agents of each wave.</param>
internal sealed record ModelPlanReport(IReadOnlyList<IReadOnlyList<string>> Waves);

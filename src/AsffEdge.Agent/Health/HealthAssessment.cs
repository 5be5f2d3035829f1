using AsffEdge.Messaging;

namespace AsffEdge.Agent.Health;

/// <summary>How the agent is.</summary>
/// <param name="State">As a whole.</param>
/// <param name="Reasons">What is not as it should be, by code, then by camera.</param>
internal sealed record HealthAssessment(HealthState State, IReadOnlyList<HealthReason> Reasons)
{
    /// <summary>Whether another one names the same reasons, whatever their details.</summary>
    public bool HasReasonsOf(HealthAssessment other) =>
        Reasons.Select(Key).SequenceEqual(other.Reasons.Select(Key));

    private static (HealthCode, string?) Key(HealthReason reason) => (reason.Code, reason.Camera);
}

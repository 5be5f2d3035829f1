using AsffEdge.Messaging;

namespace AsffEdge.Agent.Health;

/// <summary>How the agent is.</summary>
/// <param name="Reasons">What is not as it should be, by code, then by camera.</param>
internal sealed record HealthAssessment(IReadOnlyList<HealthReason> Reasons)
{
    /// <summary>How it is as a whole.</summary>
    public HealthState State =>
        Reasons.Any(reason =>
            reason.Code
                is HealthCode.InferenceOverdue
                    or HealthCode.FramesNotInferred
                    or HealthCode.WorkNotDone
        )
            ? HealthState.Stuck
        : Reasons.Count > 0 ? HealthState.Degraded
        : HealthState.Ok;

    /// <summary>As told over the broker, to whom it cannot be news that it is away.</summary>
    public HealthAssessment OverTheBroker() =>
        new([.. Reasons.Where(reason => reason.Code != HealthCode.BrokerUnreachable)]);

    /// <summary>Whether another one names the same reasons, whatever their details.</summary>
    public bool HasReasonsOf(HealthAssessment other) =>
        Reasons.Select(Key).SequenceEqual(other.Reasons.Select(Key));

    private static (HealthCode, string?) Key(HealthReason reason) => (reason.Code, reason.Camera);
}

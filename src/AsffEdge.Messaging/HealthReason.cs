namespace AsffEdge.Messaging;

/// <summary>One thing that is not as it should be, in <see cref="HealthMessage"/>.</summary>
/// <param name="Code">What, for programs.</param>
/// <param name="Detail">What exactly, a sentence for people, without secrets.</param>
/// <param name="Advice">What the owner can do, a sentence.</param>
/// <param name="Since">Since when, UTC.</param>
public sealed record HealthReason(HealthCode Code, string Detail, string Advice, DateTime Since)
{
    /// <summary>The camera it is about; null when it is about none.</summary>
    [Id]
    public string? Camera { get; init; }
}

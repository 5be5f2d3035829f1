namespace AsffEdge.Agent.Profiles.Adaptive;

/// <summary>What <c>auto</c> stands for.</summary>
/// <param name="Decision">The profile, and why.</param>
/// <param name="Since">When that was decided, UTC.</param>
public sealed record AutoState(AdaptiveDecision Decision, DateTime Since);

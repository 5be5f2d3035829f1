using AsffEdge.Control.Profiles;

namespace AsffEdge.Agent.Profiles.Adaptive;

/// <summary>What <c>auto</c> stands for from now on.</summary>
/// <param name="Profile">The profile.</param>
/// <param name="Code">Why, for programs.</param>
/// <param name="Reason">Why, a sentence for people.</param>
public sealed record AdaptiveDecision(Profile Profile, AdaptiveCode Code, string Reason);

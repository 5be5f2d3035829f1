using AsffEdge.Control.Profiles;
using AsffEdge.Messaging;

namespace AsffEdge.Agent.Profiles.Adaptive;

/// <summary>What <c>auto</c> stands for from now on.</summary>
/// <param name="Profile">The profile; that of the decision before where only the reason is new.</param>
/// <param name="Code">Why, for programs.</param>
/// <param name="Reason">Why, a sentence for people.</param>
public sealed record AdaptiveDecision(Profile Profile, AdaptiveCode Code, string Reason);

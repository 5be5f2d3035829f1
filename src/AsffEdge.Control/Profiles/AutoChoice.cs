namespace AsffEdge.Control.Profiles;

/// <summary>What the profile <c>auto</c> stands for at a moment.</summary>
/// <param name="Profile">The profile.</param>
/// <param name="Reason">Why, a sentence for people.</param>
public sealed record AutoChoice(Profile Profile, string Reason);

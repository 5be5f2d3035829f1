using AsffEdge.Control.Profiles;

namespace AsffEdge.Agent.Profiles;

/// <summary>Lets <c>auto</c> stand for the smallest size: what any device runs that runs one.</summary>
internal sealed class SmallestProfile : IAutoProfile
{
    /// <inheritdoc/>
    public AutoChoice Choose(IReadOnlyDictionary<string, Profile> profiles) =>
        new(profiles.Values.MinBy(profile => profile.Size)!, "the smallest size there is");
}

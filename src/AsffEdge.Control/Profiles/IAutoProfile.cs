namespace AsffEdge.Control.Profiles;

/// <summary>Decides what the profile <c>auto</c> stands for. Later decisions are told to <see cref="ProfileController.AdaptAsync"/>.</summary>
public interface IAutoProfile
{
    /// <summary>What it stands for right now; must not block.</summary>
    /// <param name="profiles">The profiles to choose from by name, at least one.</param>
    AutoChoice Choose(IReadOnlyDictionary<string, Profile> profiles);
}

namespace AsffEdge.Control.Profiles;

/// <summary>What a desired document, or the configuration, gives the cameras. Immutable.</summary>
/// <param name="Cameras">By camera index; null: <c>auto</c>.</param>
/// <param name="Profiles">The profiles that hold with it, by name: the agent's own, those it changes and those it adds.</param>
public sealed record ProfileAssignment(
    IReadOnlyList<Profile?> Cameras,
    IReadOnlyDictionary<string, Profile> Profiles
)
{
    /// <summary>Whether a camera is on <c>auto</c>.</summary>
    public bool HasAuto => Cameras.Contains(null);

    /// <summary>What each camera runs, by camera index, while <c>auto</c> stands for <paramref name="auto"/>.</summary>
    public IReadOnlyList<Profile> With(Profile? auto) =>
        [.. Cameras.Select(camera => camera ?? auto!)];
}

using AsffEdge.Control.Settings;
using AsffEdge.Messaging;

namespace AsffEdge.Control.Profiles;

/// <summary>The profiles of the configuration, and what a desired document makes of them. Knows the model, so nothing it gives out can fail there.</summary>
public sealed class ProfileBook
{
    private readonly ModelLimits _model;

    /// <summary>The profiles an agent has by itself.</summary>
    /// <param name="profiles">By name; the model takes the size of each.</param>
    /// <param name="cameras">The cameras in order, each with its id and the profile the configuration gives it; null: <c>auto</c>.</param>
    /// <param name="model">What the model takes and recommends.</param>
    public ProfileBook(
        IReadOnlyDictionary<string, Profile> profiles,
        IReadOnlyList<(string Id, Profile? Local)> cameras,
        ModelLimits model
    )
    {
        Profiles = profiles;
        Cameras = [.. cameras.Select(camera => camera.Id)];
        Local = new ProfileAssignment([.. cameras.Select(camera => camera.Local)], profiles);
        _model = model;
    }

    /// <summary>The ids of the cameras, by camera index.</summary>
    public IReadOnlyList<string> Cameras { get; }

    /// <summary>The profiles by name.</summary>
    public IReadOnlyDictionary<string, Profile> Profiles { get; }

    /// <summary>What the configuration gives the cameras.</summary>
    public ProfileAssignment Local { get; }

    /// <summary>What <paramref name="document"/>, which must not be one that inherits, gives the cameras.</summary>
    /// <exception cref="DocumentRejectedException">It names a camera or a profile there is not, or a size the model does not take.</exception>
    public ProfileAssignment Resolve(DesiredDocument document)
    {
        Dictionary<string, Profile> profiles = new(Profiles, StringComparer.Ordinal);
        foreach (
            (string name, DesiredProfile desired) in document.Profiles
                ?? new Dictionary<string, DesiredProfile>()
        )
        {
            profiles[name] = Change(name, desired);
        }

        Dictionary<string, Profile?> cameras = new(StringComparer.Ordinal);
        foreach (
            (string id, DesiredCamera desired) in document.Cameras
                ?? new Dictionary<string, DesiredCamera>()
        )
        {
            if (!Cameras.Contains(id))
            {
                throw new DocumentRejectedException(
                    ResultCode.BadDocument,
                    $"'cameras.{id}' is no camera of this agent{NearestName.Hint(id, Cameras)}"
                );
            }

            cameras[id] = Find(desired.Profile, $"cameras.{id}.profile");
        }

        Profile? common = Find(document.Profile, "profile");
        return new ProfileAssignment(
            [.. Cameras.Select(camera => cameras.GetValueOrDefault(camera, common))],
            profiles
        );

        Profile? Find(string name, string key) =>
            name == ReservedProfile.Auto ? null
            : profiles.TryGetValue(name, out Profile? profile) ? profile
            : throw new DocumentRejectedException(
                ResultCode.UnknownProfile,
                $"'{key}' is '{name}', which is no profile{NearestName.Hint(name, [.. profiles.Keys, ReservedProfile.Auto])}"
            );
    }

    private Profile Change(string name, DesiredProfile desired)
    {
        if (!_model.Takes(desired.Size))
        {
            throw new DocumentRejectedException(
                ResultCode.BadSize,
                $"'profiles.{name}.size' is {desired.Size}; the model takes {_model.Sizes}"
            );
        }

        Profile? local = Profiles.GetValueOrDefault(name);
        return new Profile(
            name,
            desired.Size,
            (float?)desired.ScoreThreshold ?? local?.ScoreThreshold ?? _model.ScoreThreshold,
            (float?)desired.NmsThreshold ?? local?.NmsThreshold ?? _model.NmsThreshold,
            desired.MaxFps ?? local?.MaxFps
        );
    }
}

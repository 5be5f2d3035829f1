using AsffEdge.Agent.Configuration;
using AsffEdge.Detection;
using AsffEdge.Messaging;

namespace AsffEdge.Agent.Profiles;

/// <summary>The profiles of the configuration, and what a desired document makes of them. Knows the model, so nothing it gives out can fail there.</summary>
public sealed class ProfileBook
{
    private readonly IReadOnlyList<CameraOptions> _cameras;
    private readonly InputManifest _input;
    private readonly ThresholdManifest _thresholds;

    /// <summary>The configuration's profiles for a model.</summary>
    /// <exception cref="ConfigurationException">The model does not take the size of a profile.</exception>
    public ProfileBook(AgentConfiguration configuration, ModelManifest model)
    {
        _cameras = configuration.Cameras;
        _input = model.Input;
        _thresholds = model.Thresholds;
        List<string> problems = [];
        foreach ((string name, ProfileOptions options) in configuration.Profiles)
        {
            if (!ModelTakes(options.Size))
            {
                problems.Add(
                    $"profiles.{name}.size is {options.Size}; the model '{model.Name}' of {configuration.Model.Path} takes {ModelSizes}"
                );
            }
        }

        if (problems.Count > 0)
        {
            throw new ConfigurationException(problems);
        }

        Profiles = configuration.Profiles.ToDictionary(
            entry => entry.Key,
            entry => new Profile(
                entry.Key,
                entry.Value.Size,
                (float)(entry.Value.ScoreThreshold ?? _thresholds.Score),
                (float)(entry.Value.NmsThreshold ?? _thresholds.Nms),
                entry.Value.MaxFps
            ),
            StringComparer.Ordinal
        );
        Local = [.. _cameras.Select(camera => Profiles[camera.Profile ?? configuration.Profile])];
    }

    /// <summary>The profiles by name.</summary>
    public IReadOnlyDictionary<string, Profile> Profiles { get; }

    /// <summary>What the configuration gives each camera, by camera index.</summary>
    public IReadOnlyList<Profile> Local { get; }

    private string ModelSizes =>
        $"multiples of {_input.SizeStep} from {_input.MinSize} to {_input.MaxSize}";

    /// <summary>What <paramref name="document"/> gives each camera, by camera index.</summary>
    /// <exception cref="DocumentRejectedException">It names a camera or a profile there is not, or a size the model does not take.</exception>
    public IReadOnlyList<Profile> Resolve(DesiredDocument document)
    {
        Dictionary<string, Profile> profiles = new(Profiles, StringComparer.Ordinal);
        foreach (
            (string name, DesiredProfile desired) in document.Profiles
                ?? new Dictionary<string, DesiredProfile>()
        )
        {
            profiles[name] = Change(name, desired);
        }

        Dictionary<string, Profile> cameras = new(StringComparer.Ordinal);
        foreach (
            (string id, DesiredCamera desired) in document.Cameras
                ?? new Dictionary<string, DesiredCamera>()
        )
        {
            if (_cameras.All(camera => camera.Id != id))
            {
                throw new DocumentRejectedException(
                    ResultCode.BadDocument,
                    $"'cameras.{id}' is no camera of this agent{NearestName.Hint(id, [.. _cameras.Select(camera => camera.Id)])}"
                );
            }

            cameras[id] = Find(desired.Profile, $"cameras.{id}.profile");
        }

        Profile common = Find(document.Profile, "profile");
        return [.. _cameras.Select(camera => cameras.GetValueOrDefault(camera.Id, common))];

        Profile Find(string name, string key) =>
            profiles.TryGetValue(name, out Profile? profile)
                ? profile
                : throw new DocumentRejectedException(
                    ResultCode.UnknownProfile,
                    $"'{key}' is '{name}', which is no profile{NearestName.Hint(name, profiles.Keys)}"
                );
    }

    private Profile Change(string name, DesiredProfile desired)
    {
        if (!ModelTakes(desired.Size))
        {
            throw new DocumentRejectedException(
                ResultCode.BadSize,
                $"'profiles.{name}.size' is {desired.Size}; the model takes {ModelSizes}"
            );
        }

        Profile? local = Profiles.GetValueOrDefault(name);
        return new Profile(
            name,
            desired.Size,
            (float?)desired.ScoreThreshold ?? local?.ScoreThreshold ?? _thresholds.Score,
            (float?)desired.NmsThreshold ?? local?.NmsThreshold ?? _thresholds.Nms,
            desired.MaxFps ?? local?.MaxFps
        );
    }

    private bool ModelTakes(int size) =>
        size >= _input.MinSize && size <= _input.MaxSize && size % _input.SizeStep == 0;
}

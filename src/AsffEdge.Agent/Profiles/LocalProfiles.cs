using AsffEdge.Agent.Configuration;
using AsffEdge.Control.Profiles;
using AsffEdge.Control.Settings;
using AsffEdge.Detection;
using AsffEdge.Messaging;

namespace AsffEdge.Agent.Profiles;

/// <summary>From the configuration and the model to the profiles an agent starts with.</summary>
public static class LocalProfiles
{
    /// <summary>The configuration's profiles for <paramref name="model"/>.</summary>
    /// <exception cref="ConfigurationException">The model does not take the size of a profile.</exception>
    public static ProfileBook ToBook(AgentConfiguration configuration, ModelManifest model)
    {
        List<string> problems =
        [
            .. configuration
                .Profiles.Where(profile => !model.Input.Allows(profile.Value.Size))
                .Select(profile =>
                    $"profiles.{profile.Key}.size is {profile.Value.Size}; the model '{model.Name}' of {configuration.Model.Path} takes {model.Input.DescribeSizes()}"
                ),
        ];
        if (problems.Count > 0)
        {
            throw new ConfigurationException(problems);
        }

        Dictionary<string, Profile> profiles = configuration.Profiles.ToDictionary(
            entry => entry.Key,
            entry => new Profile(
                entry.Key,
                entry.Value.Size,
                (float)(entry.Value.ScoreThreshold ?? model.Thresholds.Score),
                (float)(entry.Value.NmsThreshold ?? model.Thresholds.Nms),
                entry.Value.MaxFps
            ),
            StringComparer.Ordinal
        );
        return new ProfileBook(
            profiles,
            [
                .. configuration.Cameras.Select(camera =>
                    (camera.Id, Find(camera.Profile ?? configuration.Profile))
                ),
            ],
            new ModelLimits(
                model.Input.Allows,
                model.Input.DescribeSizes(),
                model.Thresholds.Score,
                model.Thresholds.Nms
            )
        );

        Profile? Find(string name) => name == ReservedProfile.Auto ? null : profiles[name];
    }
}

using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Profiles;
using AsffEdge.Control.Profiles;
using AsffEdge.Control.Settings;
using AsffEdge.Detection;
using AsffEdge.Detection.Tests;

namespace AsffEdge.Agent.Tests.Profiles;

public sealed class LocalProfilesTests
{
    private static readonly ModelManifest Model = ColourCells.Manifest with
    {
        Input = ColourCells.Manifest.Input with { MaxSize = 608 },
    };

    private static readonly AgentConfiguration Configuration = new()
    {
        Agent = new AgentOptions { Id = "gate-07" },
        StateDirectory = "/none",
        Model = new ModelOptions { Path = "model.onnx" },
        Profile = "balanced",
        Profiles = new Dictionary<string, ProfileOptions>
        {
            ["fast"] = new() { Size = 320 },
            ["balanced"] = new()
            {
                Size = 416,
                ScoreThreshold = 0.25,
                MaxFps = 5,
            },
        },
        Cameras =
        [
            new CameraOptions { Id = "dock-1", Source = "a.avi" },
            new CameraOptions
            {
                Id = "dock-2",
                Source = "b.avi",
                Profile = "fast",
            },
        ],
    };

    [Fact]
    public void The_configuration_gives_every_camera_a_profile_with_the_models_thresholds_where_it_has_none() =>
        Assert.Equal(
            [
                new Profile("balanced", 416, 0.25f, 0.6f, 5),
                new Profile("fast", 320, 0.5f, 0.6f, null),
            ],
            LocalProfiles.ToBook(Configuration, Model).Local.Cameras
        );

    [Fact]
    public void A_camera_on_auto_has_no_profile_of_its_own() =>
        Assert.Equal(
            [null, "fast"],
            LocalProfiles
                .ToBook(Configuration with { Profile = "auto" }, Model)
                .Local.Cameras.Select(profile => profile?.Name)
        );

    [Fact]
    public void A_configuration_with_a_size_the_model_was_not_made_for_is_refused()
    {
        AgentConfiguration configuration = Configuration with
        {
            Profiles = ProfileOptions.Defaults,
        };

        ConfigurationException error = Assert.Throws<ConfigurationException>(() =>
            LocalProfiles.ToBook(configuration, Model)
        );

        Assert.Equal(
            "profiles.max.size is 800; the model 'colour-cells' of model.onnx takes multiples of 32 from 64 to 608",
            Assert.Single(error.Problems)
        );
    }
}

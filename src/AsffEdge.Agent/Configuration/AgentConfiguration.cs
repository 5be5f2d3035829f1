using AsffEdge.Agent.Models;
using AsffEdge.Control.Profiles;
using AsffEdge.Control.Settings;
using AsffEdge.Messaging;

namespace AsffEdge.Agent.Configuration;

/// <summary>The whole configuration of an agent, validated. <see cref="ConfigurationLoader"/> makes it from a file.</summary>
public sealed record AgentConfiguration
{
    private const int MostCameras = 64;

    /// <summary>Who the agent is.</summary>
    public required AgentOptions Agent { get; init; }

    /// <summary>Absolute path of the folder the agent may write to.</summary>
    public required string StateDirectory { get; init; }

    /// <summary>The model and where it runs.</summary>
    public required ModelOptions Model { get; init; }

    /// <summary>The profile of every camera that names none; <c>auto</c>: the agent chooses.</summary>
    public required string Profile { get; init; }

    /// <summary>The profiles by name.</summary>
    public IReadOnlyDictionary<string, ProfileOptions> Profiles { get; init; } =
        ProfileOptions.Defaults;

    /// <summary>What the profile <c>auto</c> aims at and keeps to.</summary>
    public AutoOptions Auto { get; init; } = new();

    /// <summary>The cameras.</summary>
    public required IReadOnlyList<CameraOptions> Cameras { get; init; }

    /// <summary>The broker and what is published.</summary>
    public MqttOptions Mqtt { get; init; } = new();

    /// <summary>Whether Home Assistant is told of the agent.</summary>
    public HomeAssistantOptions HomeAssistant { get; init; } = new();

    /// <summary>How objects are followed.</summary>
    public TrackingOptions Tracking { get; init; } = new();

    /// <summary>Where its metrics and its health can be asked for.</summary>
    public WebOptions Web { get; init; } = new();

    /// <summary>Where its metrics are sent.</summary>
    public TelemetryOptions Telemetry { get; init; } = new();

    /// <summary>Whether the device shows pictures.</summary>
    public SnapshotOptions Snapshots { get; init; } = new();

    /// <summary>Which frames are kept to learn from.</summary>
    public FootageOptions Footage { get; init; } = new();

    /// <summary>What is logged.</summary>
    public LoggingOptions Logging { get; init; } = new();

    internal static AgentConfiguration Read(SettingReader settings, string defaultStateDirectory)
    {
        IReadOnlyDictionary<string, ProfileOptions> profiles =
            settings.Named("profiles", ProfileOptions.Read) ?? ProfileOptions.Defaults;
        if (profiles.Count == 0)
        {
            settings.Report(
                "profiles",
                "is empty; leave it out for the defaults, or give at least one profile"
            );
        }

        foreach (string reserved in profiles.Keys.Where(ReservedProfile.Is))
        {
            settings.Report("profiles", $"names one '{reserved}'; the name is reserved");
        }

        string[] choices = [.. profiles.Keys, ReservedProfile.Auto];
        string fallback = profiles.ContainsKey("balanced")
            ? "balanced"
            : profiles.Keys.FirstOrDefault("");
        HashSet<string> cameraIds = new(StringComparer.Ordinal);
        IReadOnlyList<CameraOptions> cameras = settings.List(
            "cameras",
            camera => CameraOptions.Read(camera, cameraIds, choices)
        );
        if (cameras.Count is 0 or > MostCameras)
        {
            settings.Report("cameras", $"has {cameras.Count} entries; allowed: 1 to {MostCameras}");
        }

        string stateDirectory = settings.OptionalPath("state_directory") ?? defaultStateDirectory;
        AgentConfiguration configuration = new()
        {
            Agent = settings.Section("agent", AgentOptions.Read),
            StateDirectory = stateDirectory,
            Model = settings.Section(
                "model",
                model => ModelOptions.Read(model, ModelStore.HasModel(stateDirectory))
            ),
            Profile = settings.Choice("profile", fallback, choices),
            Profiles = profiles,
            Auto = settings.Section("auto", auto => AutoOptions.Read(auto, profiles)),
            Cameras = cameras,
            Mqtt = settings.Section("mqtt", MqttOptions.Read),
            HomeAssistant = settings.Section("home_assistant", HomeAssistantOptions.Read),
            Tracking = settings.Section("tracking", TrackingOptions.Read),
            Web = settings.Section("web", WebOptions.Read),
            Telemetry = settings.Section("telemetry", TelemetryOptions.Read),

            Snapshots = settings.Section("snapshots", SnapshotOptions.Read),
            Footage = settings.Section("footage", FootageOptions.Read),
            Logging = settings.Section("logging", LoggingOptions.Read),
        };
        CheckFootage(settings, configuration);
        return configuration;
    }

    // What footage needs of other sections.
    private static void CheckFootage(SettingReader settings, AgentConfiguration configuration)
    {
        FootageOptions footage = configuration.Footage;
        int floor = configuration.Mqtt.Outbox.MinFreeMb;
        if (footage.Enabled && footage.Budget.MinFreeMb < floor)
        {
            settings.Report(
                "footage",
                $"has budget.min_free_mb {footage.Budget.MinFreeMb}, less than mqtt.outbox.min_free_mb ({floor}): pictures would take the room of messages; allowed: at least that"
            );
        }

        if (
            footage.Enabled
            && !configuration.Tracking.Enabled
            && footage.Policies is not { Flicker.Share: 0, NewTrack.Share: 0 }
            && footage.Policies != FootagePoliciesOptions.Defaults
        )
        {
            settings.Report(
                "footage",
                "has shares for policies.flicker or policies.new_track, which need tracking.enabled: true"
            );
        }
    }
}

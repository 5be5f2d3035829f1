using System.Text.Json;

namespace AsffEdge.Messaging.HomeAssistant;

/// <summary>Describes an agent to Home Assistant.</summary>
/// <param name="topics">The agent's topics.</param>
/// <param name="info">What the agent says of itself.</param>
/// <param name="profiles">What can be chosen as its profile.</param>
/// <param name="classes">The classes whose objects the agent counts.</param>
/// <param name="hasOutbox">Whether the agent keeps messages while the broker is away.</param>
/// <param name="hasSnapshots">Whether the agent shows pictures.</param>
public sealed class AgentDiscovery(
    Topics topics,
    InfoMessage info,
    IReadOnlyList<string> profiles,
    IReadOnlyList<ClassTopic> classes,
    bool hasOutbox,
    bool hasSnapshots
)
{
    /// <summary>Where Home Assistant looks unless told otherwise.</summary>
    public const string DefaultPrefix = "homeassistant";

    // More of them would bury what matters: they are there, but each must be switched on.
    private const int MostCountsShown = 10;

    private const string Writer = "home-assistant";
    private const string Diagnostic = "diagnostic";
    private const string OnlineIsAvailable =
        "{{ 'online' if value_json.state == 'online' else 'offline' }}";
    private const string OnlineIsOn = "{{ 'ON' if value_json.state == 'online' else 'OFF' }}";

    /// <summary>Where the payload goes, retained; an empty one makes Home Assistant forget the agent.</summary>
    public static string Topic(string prefix, string agent) => $"{prefix}/device/{agent}/config";

    /// <summary>Where Home Assistant says <c>online</c> when it has started and wants to see every payload again.</summary>
    public static string BirthTopic(string prefix) => $"{prefix}/status";

    /// <summary>The entities of the agent and of its cameras, by ids that stay the same as long as the thing does.</summary>
    public IReadOnlyDictionary<string, DiscoveryComponent> Components()
    {
        Dictionary<string, DiscoveryComponent> components = new(StringComparer.Ordinal)
        {
            ["profile"] = Profile(),
            ["connection"] = AgentConnection(),
            ["problem"] = Problem(),
        };
        if (hasOutbox)
        {
            components["outbox"] = Outbox();
        }

        foreach (CameraInfo camera in info.Cameras.Where(camera => camera.Enabled))
        {
            // Ids have no underscore, so these can never be two cameras' at once.
            string id = $"camera_{camera.Id}";
            components[$"{id}_connection"] = CameraConnection(camera);
            components[$"{id}_fps"] = Fps(camera);
            components[$"{id}_latency"] = Latency(camera);
            if (hasSnapshots)
            {
                components[$"{id}_snapshot"] = Snapshot(camera);
                components[$"{id}_take_snapshot"] = TakeSnapshot(camera);
            }

            components[$"{id}_restart"] = Restart(camera);
            foreach (ClassTopic counted in classes)
            {
                components[$"{id}_count_{counted.Id}"] = Count(camera, counted);
            }
        }

        return components.ToDictionary(
            entry => entry.Key,
            entry => entry.Value with { UniqueId = Unique($"{info.Agent}_{entry.Key}") },
            StringComparer.Ordinal
        );
    }

    /// <summary>The payload, UTF-8.</summary>
    /// <param name="components">What is there now, see <see cref="Components"/>.</param>
    /// <param name="earlier">
    /// The platforms of the entities that were there before, by id. Home Assistant keeps an entity that is merely not mentioned any more; it
    /// removes one that comes with nothing but its platform.
    /// </param>
    public byte[] Payload(
        IReadOnlyDictionary<string, DiscoveryComponent> components,
        IReadOnlyDictionary<string, string> earlier
    )
    {
        Dictionary<string, DiscoveryComponent> all = new(components, StringComparer.Ordinal);
        foreach ((string id, string platform) in earlier)
        {
            all.TryAdd(id, new DiscoveryComponent { Platform = platform });
        }

        return DiscoveryJson.Serialize(
            new DiscoveryPayload
            {
                Device = new DiscoveryDevice(
                    [Unique(info.Agent)],
                    info.Name ?? info.Agent,
                    "AsffEdge",
                    string.Join(", ", info.Models.Select(model => $"{model.Name} {model.Version}")),
                    info.Version
                ),
                Origin = new DiscoveryOrigin("asff-edge", info.Version),
                Components = all,
            }
        );
    }

    private static string Unique(string name) => $"asff-edge-{name}";

    private static string NameOf(CameraInfo camera) => camera.Name ?? camera.Id;

    private DiscoveryComponent Profile()
    {
        string known = string.Join(", ", profiles.Select(profile => $"'{profile}'"));
        return Available("select", "Profile") with
        {
            Icon = "mdi:image-size-select-large",
            StateTopic = topics.Reported(info.Agent),
            // The one profile that every camera was given; nothing where they differ or it is none of the options.
            ValueTemplate =
                "{% set seen = namespace(names=[]) %}"
                + "{% for camera in value_json.cameras.values() %}"
                + "{% set seen.names = seen.names + [camera.requested | default(camera.profile)] %}"
                + "{% endfor %}"
                + "{% set names = seen.names | unique | list %}"
                + $"{{{{ names[0] if names | count == 1 and names[0] in [{known}] else none }}}}",
            // What the state alone does not say: why a choice was not taken.
            JsonAttributesTopic = topics.Reported(info.Agent),
            JsonAttributesTemplate =
                "{% set own = (value_json.sources | default({})).agent | default({}) %}"
                + "{{ {'rev': own.rev | default(value_json.rev_seen | default(0)), 'result': value_json.state, "
                + "'code': value_json.code, 'source': value_json.source, 'detail': value_json.detail | default('')} | tojson }}",
            CommandTopic = topics.Command(info.Agent, CommandName.ProfileSet),
            // The clock, unless the agent holds a document of a later time, or of the same second.
            CommandTemplate =
                "{\"v\":1,\"rev\":{{ [now().timestamp() | int, (this.attributes.rev | default(0) | int) + 1] | max }},\"by\":\""
                + Writer
                + "\",\"profile\":\"{{ value }}\"}",
            Options = profiles,
            Qos = 1,
        };
    }

    // Says itself that the agent is away, so it must not become unavailable then.
    private DiscoveryComponent AgentConnection() =>
        new()
        {
            Platform = "binary_sensor",
            Name = "Connection",
            EntityCategory = Diagnostic,
            DeviceClass = "connectivity",
            StateTopic = topics.Status(info.Agent),
            ValueTemplate = OnlineIsOn,
            Qos = 1,
        };

    private DiscoveryComponent Problem() =>
        Available("binary_sensor", "Problem") with
        {
            EntityCategory = Diagnostic,
            DeviceClass = "problem",
            StateTopic = topics.Health(info.Agent),
            ValueTemplate = "{{ 'OFF' if value_json.state == 'ok' else 'ON' }}",
            JsonAttributesTopic = topics.Health(info.Agent),
            JsonAttributesTemplate =
                "{% set reasons = value_json.reasons | default([]) %}"
                + "{{ {'state': value_json.state, 'codes': reasons | map(attribute='code') | list, "
                + "'reasons': reasons | map(attribute='detail') | list, "
                + "'advice': reasons | map(attribute='advice') | list} | tojson }}",
        };

    private DiscoveryComponent Outbox() =>
        Available("sensor", "Waiting messages") with
        {
            EntityCategory = Diagnostic,
            Icon = "mdi:tray-full",
            StateTopic = topics.Health(info.Agent),
            ValueTemplate = "{{ value_json.outbox.depth }}",
            StateClass = "measurement",
        };

    private DiscoveryComponent CameraConnection(CameraInfo camera) =>
        Available("binary_sensor", $"{NameOf(camera)} connection") with
        {
            EntityCategory = Diagnostic,
            DeviceClass = "connectivity",
            StateTopic = topics.CameraStatus(info.Agent, camera.Id),
            ValueTemplate = OnlineIsOn,
            Qos = 1,
        };

    private DiscoveryComponent Fps(CameraInfo camera) =>
        Available("sensor", $"{NameOf(camera)} frame rate") with
        {
            EntityCategory = Diagnostic,
            Icon = "mdi:speedometer",
            StateTopic = topics.Health(info.Agent),
            ValueTemplate = $"{{{{ value_json.cameras['{camera.Id}'].fps }}}}",
            StateClass = "measurement",
            UnitOfMeasurement = "fps",
            SuggestedDisplayPrecision = 1,
        };

    private DiscoveryComponent Latency(CameraInfo camera) =>
        Available("sensor", $"{NameOf(camera)} latency p95") with
        {
            EntityCategory = Diagnostic,
            DeviceClass = "duration",
            StateTopic = topics.Health(info.Agent),
            ValueTemplate =
                $"{{{{ value_json.cameras['{camera.Id}'].latency_ms_p95 | default(none) }}}}",
            StateClass = "measurement",
            UnitOfMeasurement = "ms",
            SuggestedDisplayPrecision = 0,
        };

    private DiscoveryComponent Count(CameraInfo camera, ClassTopic counted) =>
        Available("sensor", $"{NameOf(camera)} {counted.Name}") with
        {
            EnabledByDefault = classes.Count > MostCountsShown ? false : null,
            Icon = "mdi:counter",
            StateTopic = topics.Count(info.Agent, camera.Id, counted.Id),
            StateClass = "measurement",
            Qos = 1,
        };

    private DiscoveryComponent Snapshot(CameraInfo camera) =>
        Available("image", $"{NameOf(camera)} snapshot") with
        {
            ImageTopic = topics.Snapshot(info.Agent, camera.Id),
            ContentType = "image/jpeg",
            Qos = 1,
        };

    private DiscoveryComponent TakeSnapshot(CameraInfo camera)
    {
        SnapshotCommand command = new()
        {
            Camera = camera.Id,
            Boxes = true,
            By = Writer,
        };
        return Available("button", $"{NameOf(camera)} take snapshot") with
        {
            Icon = "mdi:camera",
            CommandTopic = topics.Command(info.Agent, CommandName.Snapshot),
            PayloadPress = JsonSerializer.Serialize(command, MessageJson.Wire.SnapshotCommand),
            Qos = 1,
        };
    }

    private DiscoveryComponent Restart(CameraInfo camera)
    {
        CameraRestartCommand command = new() { Camera = camera.Id, By = Writer };
        return Available("button", $"{NameOf(camera)} restart") with
        {
            EntityCategory = "config",
            DeviceClass = "restart",
            CommandTopic = topics.Command(info.Agent, CommandName.CameraRestart),
            PayloadPress = JsonSerializer.Serialize(command, MessageJson.Wire.CameraRestartCommand),
            Qos = 1,
        };
    }

    private DiscoveryComponent Available(string platform, string name) =>
        new()
        {
            Platform = platform,
            Name = name,
            AvailabilityTopic = topics.Status(info.Agent),
            AvailabilityTemplate = OnlineIsAvailable,
        };
}

using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AsffEdge.Messaging.HomeAssistant;
using AsffEdge.Tests.HomeAssistant;
using FsCheck;
using FsCheck.Fluent;

namespace AsffEdge.Messaging.Tests.HomeAssistant;

/// <summary>
/// What Home Assistant is told of an agent: only keys it knows, commands that the agent's readers take, and templates that make the right
/// thing of the agent's messages, evaluated by Jinja itself.
/// </summary>
public sealed class AgentDiscoveryTests
{
    private static readonly Topics Topics = new(Topics.DefaultRoot);
    private static readonly string[] Profiles = ["fast", "balanced", "auto"];
    private static readonly IReadOnlyList<ClassTopic> Classes = ClassTopic.Of([
        "person",
        "Traffic light",
    ]);

    [Fact]
    public void Home_assistant_takes_every_key()
    {
        JsonElement payload = Payload(Agent("dock-1", "dock-2"), Classes);

        Assert.Empty(DiscoveryCheck.Problems(payload));
        Assert.Equal(
            ["asff-edge-gate-07"],
            payload
                .GetProperty("device")
                .GetProperty("identifiers")
                .EnumerateArray()
                .Select(id => id.GetString()!)
        );
        Assert.Equal(2 + 2 * (6 + 2), payload.GetProperty("components").EnumerateObject().Count());
        Assert.Equal(
            "homeassistant/device/gate-07/config",
            AgentDiscovery.Topic(AgentDiscovery.DefaultPrefix, "gate-07")
        );
    }

    [Theory]
    [InlineData("platform", "\"fan\"")]
    [InlineData("unique_id", null)]
    [InlineData("command_topic", null)]
    [InlineData("options", "\"fast\"")]
    [InlineData("qos", "3")]
    [InlineData("entity_category", "\"main\"")]
    [InlineData("availability_topic", "\"a/+/b\"")]
    [InlineData("value_template", "\"value\"")]
    [InlineData("state_tpoic", "\"a\"")]
    [InlineData("state_topic", "\"a\\tb\"")]
    [InlineData("icon", "\"camera\"")]
    [InlineData("options", "[]")]
    [InlineData("device_class", "\"enum\"", "camera_dock-1_fps")]
    [InlineData("options", "[\"a\"]", "camera_dock-1_fps")]
    [InlineData("unit_of_measurement", "\"fps\"", "camera_dock-1_latency")]
    [InlineData("entity_category", "\"config\"", "camera_dock-1_connection")]
    public void The_check_sees_what_home_assistant_would_not_take(
        string key,
        string? json,
        string entity = "profile"
    )
    {
        JsonNode payload = JsonNode.Parse(Payload(Agent("dock-1"), Classes).GetRawText())!;
        JsonObject component = payload["components"]![entity]!.AsObject();
        component.Remove(key);
        if (json is not null)
        {
            component[key] = JsonNode.Parse(json);
        }

        Assert.NotEmpty(
            DiscoveryCheck.Problems(JsonDocument.Parse(payload.ToJsonString()).RootElement)
        );
    }

    [Fact]
    public void Whatever_cameras_and_classes_are_called_it_is_taken()
    {
        Gen<string> ids = Gen.Choose(1, 48)
            .SelectMany(length =>
                Gen.Elements("abc-019".ToCharArray()).ArrayOf(length).Select(id => new string(id))
            );
        Gen<(string Id, string? Name)> cameras = ids.Zip(
            ArbMap.Default.GeneratorFor<string?>(),
            (id, name) => (id, name)
        );
        Arbitrary<((string Id, string? Name)[] Cameras, string?[] Labels)> cases = cameras
            .ArrayOf()
            .Zip(ArbMap.Default.GeneratorFor<string?[]>(), (some, labels) => (some, labels))
            .Resize(20)
            .ToArbitrary();
        Prop.ForAll(
                cases,
                test =>
                {
                    InfoMessage agent = Agent() with
                    {
                        Cameras =
                        [
                            .. test
                                .Cameras.DistinctBy(camera => camera.Id)
                                .Select(camera => new CameraInfo(camera.Id, camera.Name, true)),
                        ],
                    };
                    string[] labels = [.. test.Labels.OfType<string>()];

                    JsonElement payload = Payload(agent, ClassTopic.Of(labels));

                    Assert.Empty(DiscoveryCheck.Problems(payload));
                    Assert.Equal(
                        2 + agent.Cameras.Count * (6 + labels.Length),
                        payload.GetProperty("components").EnumerateObject().Count()
                    );
                }
            )
            .QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Every_topic_is_one_the_agent_publishes_or_listens_to()
    {
        Dictionary<string, string> expected = new()
        {
            ["profile"] = "reported commands/profile.set",
            ["connection"] = "status",
            ["camera_dock-1_connection"] = "cameras/dock-1/status",
            ["camera_dock-1_fps"] = "health",
            ["camera_dock-1_latency"] = "health",
            ["camera_dock-1_snapshot"] = "cameras/dock-1/snapshot",
            ["camera_dock-1_take_snapshot"] = "commands/snapshot",
            ["camera_dock-1_restart"] = "commands/camera.restart",
            ["camera_dock-1_count_person"] = "cameras/dock-1/counts/person",
            ["camera_dock-1_count_traffic-light"] = "cameras/dock-1/counts/traffic-light",
        };

        IReadOnlyDictionary<string, DiscoveryComponent> components = Discovery(
                Agent("dock-1"),
                Classes
            )
            .Components();

        Assert.Equal(
            expected,
            components.ToDictionary(
                entry => entry.Key,
                entry =>
                    string.Join(
                        ' ',
                        new[]
                        {
                            entry.Value.StateTopic,
                            entry.Value.ImageTopic,
                            entry.Value.CommandTopic,
                        }
                            .OfType<string>()
                            .Select(topic => topic["asff-edge/v1/agents/gate-07/".Length..])
                    )
            )
        );
    }

    [Fact]
    public void Only_the_agents_own_connection_is_available_while_the_agent_is_not()
    {
        Assert.Equal(
            ["connection"],
            Discovery(Agent("dock-1"), Classes)
                .Components()
                .Where(entry => entry.Value.AvailabilityTopic != Topics.Status("gate-07"))
                .Select(entry => entry.Key)
        );
    }

    [Fact]
    public void Buttons_press_what_the_agent_reads()
    {
        IReadOnlyDictionary<string, DiscoveryComponent> components = Discovery(
                Agent("dock-1"),
                Classes
            )
            .Components();

        SnapshotCommand snapshot = CommandReader.ReadSnapshot(
            Encoding.UTF8.GetBytes(components["camera_dock-1_take_snapshot"].PayloadPress!)
        );
        CameraRestartCommand restart = CommandReader.ReadCameraRestart(
            Encoding.UTF8.GetBytes(components["camera_dock-1_restart"].PayloadPress!)
        );

        Assert.Equal(("dock-1", true), (snapshot.Camera, snapshot.Boxes));
        Assert.Equal("dock-1", restart.Camera);
    }

    [Theory]
    [InlineData(null, 0)]
    [InlineData("""{"rev":0}""", 0)]
    [InlineData("""{"rev":42}""", 0)]
    [InlineData("""{"rev":1795410000}""", 1)] // chosen twice within a second
    [InlineData("""{"rev":1795410000123}""", 1795410000124 - 1795410000)] // somebody counts in milliseconds
    public void A_choice_becomes_a_command_that_the_agent_reads_and_finds_new(
        string? attributes,
        long ahead
    )
    {
        DiscoveryComponent select = Discovery(Agent("dock-1"), Classes).Components()["profile"];

        string command = Jinja.Render([
            new(select.CommandTemplate!, Value: "fast", Attributes: attributes),
        ])[0];
        ProfileSetCommand read = CommandReader.ReadProfileSet(Encoding.UTF8.GetBytes(command));

        Assert.Equal(
            ("fast", Jinja.Now.ToUnixTimeSeconds() + ahead, "home-assistant"),
            (read.Document.Profile, read.Document.Rev, read.By)
        );
        Assert.Equal(Profiles, select.Options);
    }

    [Fact]
    public void The_choice_shows_what_became_of_it()
    {
        string template = Discovery(Agent("dock-1"), Classes)
            .Components()["profile"]
            .JsonAttributesTemplate!;
        JsonNode rejected = JsonNode.Parse(Reported("fast", "fast"))!;
        rejected["rev_seen"] = 7;
        rejected["detail"] = "'profile' is <\"x\">";
        JsonNode ofTwoSources = rejected.DeepClone();
        ofTwoSources["sources"] = JsonNode.Parse(
            """{"agent":{"state":"applied","code":"ok","rev_seen":9,"rev":9},"group:gates":{"state":"overridden","code":"ok","rev_seen":7,"rev":7}}"""
        );

        string[] rendered = Jinja.Render([
            new(template, Reported("fast", "fast")),
            new(template, rejected.ToJsonString()),
            new(template, ofTwoSources.ToJsonString()),
        ]);

        JsonElement[] attributes =
        [
            .. rendered.Select(json => JsonDocument.Parse(json).RootElement),
        ];
        Assert.Equal(
            [0L, 7L, 9L],
            attributes.Select(attribute => attribute.GetProperty("rev").GetInt64())
        );
        Assert.Equal(
            ["", "'profile' is <\"x\">"],
            attributes.Take(2).Select(attribute => attribute.GetProperty("detail").GetString()!)
        );
        Assert.Equal(
            ("applied", "ok", "agent"),
            (
                attributes[0].GetProperty("result").GetString()!,
                attributes[0].GetProperty("code").GetString()!,
                attributes[0].GetProperty("source").GetString()!
            )
        );
    }

    [Fact]
    public void Templates_make_states_of_the_agents_messages()
    {
        IReadOnlyDictionary<string, DiscoveryComponent> components = Discovery(
                Agent("dock-1", "dock-2"),
                Classes
            )
            .Components();
        string profile = components["profile"].ValueTemplate!;
        string fps = components["camera_dock-1_fps"].ValueTemplate!;
        string latency = components["camera_dock-1_latency"].ValueTemplate!;
        string agent = components["connection"].ValueTemplate!;
        string camera = components["camera_dock-1_connection"].ValueTemplate!;
        string available = components["profile"].AvailabilityTemplate!;
        string health = Health(dock1: new CameraHealth("online", 8.8, 0, 0, 100.9, 220));
        string early = Health(dock1: new CameraHealth("connecting", 0, 0, 0, null, null));
        (string Template, string Json, string State)[] cases =
        [
            (profile, Reported("fast", "fast"), "fast"),
            (profile, Reported("fast", "balanced"), "None"),
            (profile, Reported("other", "other"), "None"),
            (profile, Requested("auto"), "auto"),
            (fps, health, "8.8"),
            (latency, health, "220"),
            (latency, early, "None"),
            (agent, Status(AgentState.Online), "ON"),
            (agent, Status(AgentState.Stopping), "OFF"),
            (agent, Status(AgentState.Offline), "OFF"),
            (available, Status(AgentState.Online), "online"),
            (available, Status(AgentState.Offline), "offline"),
            (camera, CameraStatus("online"), "ON"),
            (camera, CameraStatus("stalled"), "OFF"),
        ];

        string[] states = Jinja.Render(
            cases.Select(test => new TemplateCase(test.Template, test.Json))
        );

        Assert.Equal(cases.Select(test => test.State), states);
    }

    [Fact]
    public void What_was_there_before_and_is_gone_is_removed()
    {
        AgentDiscovery discovery = Discovery(Agent("dock-1"), Classes);
        Dictionary<string, string> earlier = Discovery(Agent("dock-1", "dock-2"), Classes)
            .Components()
            .ToDictionary(entry => entry.Key, entry => entry.Value.Platform);

        JsonElement payload = JsonDocument
            .Parse(discovery.Payload(discovery.Components(), earlier))
            .RootElement;

        Assert.Empty(DiscoveryCheck.Problems(payload));
        JsonElement components = payload.GetProperty("components");
        Assert.Equal(earlier.Count, components.EnumerateObject().Count());
        Assert.Equal(
            """{"platform":"image"}""",
            components.GetProperty("camera_dock-2_snapshot").GetRawText()
        );
        Assert.True(components.GetProperty("camera_dock-1_snapshot").TryGetProperty("name", out _));
    }

    [Fact]
    public void A_camera_that_is_switched_off_is_not_shown()
    {
        InfoMessage agent = Agent("dock-1") with
        {
            Cameras = [new CameraInfo("dock-1", null, true), new CameraInfo("dock-2", null, false)],
        };

        Assert.DoesNotContain(
            Discovery(agent, Classes).Components().Keys,
            id => id.Contains("dock-2", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void Many_classes_wait_to_be_switched_on()
    {
        IReadOnlyList<ClassTopic> many = ClassTopic.Of([
            .. Enumerable.Range(0, 11).Select(index => $"class {index}"),
        ]);

        JsonElement payload = Payload(Agent("dock-1"), many);

        Assert.Empty(DiscoveryCheck.Problems(payload));
        Assert.False(
            payload
                .GetProperty("components")
                .GetProperty("camera_dock-1_count_class-3")
                .GetProperty("enabled_by_default")
                .GetBoolean()
        );
    }

    private static AgentDiscovery Discovery(InfoMessage agent, IReadOnlyList<ClassTopic> classes) =>
        new(Topics, agent, Profiles, classes);

    private static JsonElement Payload(InfoMessage agent, IReadOnlyList<ClassTopic> classes)
    {
        AgentDiscovery discovery = Discovery(agent, classes);
        byte[] json = discovery.Payload(discovery.Components(), new Dictionary<string, string>());
        return JsonDocument.Parse(json).RootElement;
    }

    private static InfoMessage Agent(params string[] cameras) =>
        new()
        {
            Agent = "gate-07",
            Name = "Gate \"7\" – süd",
            Boot = "84c0bf",
            Started = DateTime.UnixEpoch,
            Version = "0.1.0",
            Os = "Debian",
            Provider = "cpu",
            Cameras = [.. cameras.Select(id => new CameraInfo(id, null, true))],
            Profiles = new Dictionary<string, ProfileInfo>(),
            Models = [new ModelInfo("pedestrian", "1.0.0", new string('0', 64))],
        };

    private static string Reported(string dock1, string dock2) =>
        JsonSerializer.Serialize(
            new ReportedDocument
            {
                Source = "agent",
                State = ReportedState.Applied,
                Code = ResultCode.Ok,
                Cameras = new Dictionary<string, ReportedCamera>
                {
                    ["dock-1"] = new(dock1, 320, null, null, DateTime.UnixEpoch),
                    ["dock-2"] = new(dock2, 320, null, null, DateTime.UnixEpoch),
                },
            },
            MessageJson.Wire.ReportedDocument
        );

    private static string Requested(string profile)
    {
        JsonNode reported = JsonNode.Parse(Reported("fast", "balanced"))!;
        foreach ((_, JsonNode? camera) in reported["cameras"]!.AsObject())
        {
            camera!["requested"] = profile;
        }

        return reported.ToJsonString();
    }

    private static string Health(CameraHealth dock1) =>
        JsonSerializer.Serialize(
            new HealthMessage
            {
                Ts = DateTime.UnixEpoch,
                Boot = "84c0bf",
                UptimeS = 1,
                Published = 0,
                Dropped = 0,
                Cameras = new Dictionary<string, CameraHealth> { ["dock-1"] = dock1 },
            },
            MessageJson.Wire.HealthMessage
        );

    private static string Status(AgentState state) =>
        JsonSerializer.Serialize(
            new StatusMessage(state, "84c0bf", DateTime.UnixEpoch),
            MessageJson.Wire.StatusMessage
        );

    private static string CameraStatus(string state) =>
        JsonSerializer.Serialize(
            new CameraStatusMessage(state, null, null, DateTime.UnixEpoch),
            MessageJson.Wire.CameraStatusMessage
        );
}

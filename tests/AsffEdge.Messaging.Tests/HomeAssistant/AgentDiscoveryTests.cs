using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AsffEdge.Messaging.HomeAssistant;
using AsffEdge.Tests.HomeAssistant;
using FsCheck;
using FsCheck.Fluent;
using static AsffEdge.Messaging.Tests.HomeAssistant.DiscoverySample;

namespace AsffEdge.Messaging.Tests.HomeAssistant;

/// <summary>
/// What Home Assistant is told of an agent: only keys it knows, topics of the contract, and commands that the agent's readers take.
/// </summary>
public sealed class AgentDiscoveryTests
{
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
        Assert.Equal(4 + 2 * (6 + 2), payload.GetProperty("components").EnumerateObject().Count());
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
                        4 + agent.Cameras.Count * (6 + labels.Length),
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
            ["problem"] = "health",
            ["outbox"] = "health",
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
                .Where(entry =>
                    entry.Value.AvailabilityTopic != DiscoverySample.Topics.Status("gate-07")
                )
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
    public void An_agent_that_keeps_no_messages_shows_none() =>
        Assert.DoesNotContain(
            "outbox",
            new AgentDiscovery(
                DiscoverySample.Topics,
                Agent("dock-1"),
                Profiles,
                Classes,
                hasOutbox: false,
                hasSnapshots: true
            )
                .Components()
                .Keys
        );

    [Fact]
    public void An_agent_that_shows_no_pictures_has_no_picture_and_no_button_for_one() =>
        Assert.DoesNotContain(
            new AgentDiscovery(
                DiscoverySample.Topics,
                Agent("dock-1"),
                Profiles,
                Classes,
                hasOutbox: true,
                hasSnapshots: false
            )
                .Components()
                .Keys,
            id => id.Contains("snapshot", StringComparison.Ordinal)
        );

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

    private static JsonElement Payload(InfoMessage agent, IReadOnlyList<ClassTopic> classes)
    {
        AgentDiscovery discovery = Discovery(agent, classes);
        byte[] json = discovery.Payload(discovery.Components(), new Dictionary<string, string>());
        return JsonDocument.Parse(json).RootElement;
    }
}

using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AsffEdge.Messaging.HomeAssistant;
using AsffEdge.Tests.HomeAssistant;
using static AsffEdge.Messaging.Tests.HomeAssistant.DiscoverySample;

namespace AsffEdge.Messaging.Tests.HomeAssistant;

/// <summary>The templates make the right thing of the agent's messages and of what is chosen, evaluated by Jinja itself.</summary>
public sealed class DiscoveryTemplateTests
{
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
        string outbox = components["outbox"].ValueTemplate!;
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
            (outbox, health, "12"),
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
    public void A_problem_is_on_unless_all_is_well_and_says_what_it_is_and_what_to_do()
    {
        DiscoveryComponent problem = Discovery(Agent("dock-1"), Classes).Components()["problem"];
        CameraHealth camera = new("online", 8.8, 0, 0, 100.9, 220);
        string well = Health(camera, HealthState.Ok);
        string bad = Health(
            camera,
            HealthState.Degraded,
            new HealthReason(
                HealthCode.ModelRolledBack,
                "street 2.0.0 was taken back: it's \"slow\"",
                "Push another.",
                DateTime.UnixEpoch
            )
        );

        string[] rendered = Jinja.Render([
            new(problem.ValueTemplate!, well),
            new(problem.ValueTemplate!, bad),
            new(problem.ValueTemplate!, Health(camera, HealthState.Stuck)),
            new(problem.JsonAttributesTemplate!, well),
            new(problem.JsonAttributesTemplate!, bad),
        ]);

        Assert.Equal(["OFF", "ON", "ON"], rendered[..3]);
        Assert.True(
            JsonNode.DeepEquals(
                JsonNode.Parse("""{"state":"ok","codes":[],"reasons":[],"advice":[]}"""),
                JsonNode.Parse(rendered[3])
            ),
            rendered[3]
        );
        JsonNode said = JsonNode.Parse(rendered[4])!;
        Assert.Equal("degraded", said["state"]!.GetValue<string>());
        Assert.Equal("model_rolled_back", said["codes"]![0]!.GetValue<string>());
        Assert.Equal(
            "street 2.0.0 was taken back: it's \"slow\"",
            said["reasons"]![0]!.GetValue<string>()
        );
        Assert.Equal("Push another.", said["advice"]![0]!.GetValue<string>());
    }

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

    private static string Health(
        CameraHealth dock1,
        HealthState state = HealthState.Ok,
        params HealthReason[] reasons
    ) =>
        JsonSerializer.Serialize(
            new HealthMessage
            {
                Ts = DateTime.UnixEpoch,
                Boot = "84c0bf",
                UptimeS = 1,
                State = state,
                Reasons = reasons,
                Published = 0,
                Dropped = 0,
                Outbox = new OutboxHealth(12, 4.5, 0, null),
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

using System.Text;
using AsffEdge.Agent.Configuration;
using AsffEdge.Control.Broker;
using AsffEdge.Messaging;
using AsffEdge.Tests.Brokers;
using MQTTnet;
using MQTTnet.Protocol;

namespace AsffEdge.Agent.Tests.Brokers;

/// <summary>What the shipped configuration and access control of Mosquitto let an agent do, and what not.</summary>
[Trait("Category", "System")]
public sealed class AccessControlTests : IAsyncLifetime
{
    private const string Own = $"asff-edge/v1/agents/{RunningAgent.Id}";
    private const string Other = "asff-edge/v1/agents/gate-08";
    private static readonly string ModelPart = $"asff-edge/v1/models/{new string('a', 64)}/0";
    private const string Accepted = "Success";
    private const string Refused = "NotAuthorized";

    private readonly TestCertificates _certificates = new(RunningAgent.Id);
    private readonly FleetMosquitto _broker;

    public AccessControlTests() => _broker = new FleetMosquitto(_certificates);

    public ValueTask InitializeAsync() => new(_broker.StartAsync());

    public async ValueTask DisposeAsync()
    {
        await _broker.DisposeAsync();
        _certificates.Dispose();
    }

    /// <summary>The topics an agent must not write to, whoever else may.</summary>
    public static TheoryData<string> ForeignTopics =>
        [
            $"{Own}/desired",
            $"{Own}/commands/profile.set",
            $"{Own}/made-up",
            $"{Other}/status",
            $"{Other}/reported",
            $"{Other}/desired",
            $"{Other}/commands/profile.set",
            $"{Other}/replies/ops",
            $"{Other}/cameras/dock-1/detections",
            $"{Other}/models",
            ModelPart,
            "asff-edge/v1/groups/gates/desired",
            "asff-edge/v1/groups/gates/commands/profile.set",
            "homeassistant/device/gate-08/config",
            "homeassistant/status",
            "anything/else",
        ];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_agent_may_do_all_it_needs(bool withCertificate)
    {
        using Observer manager = await ManagerAsync("asff-edge/v1/#", "homeassistant/#");
        await using RunningAgent agent = new(
            withCertificate ? WithCertificate() : WithPassword(RunningAgent.Id)
        );
        agent.Configuration = agent.Configuration with
        {
            HomeAssistant = new HomeAssistantOptions { Enabled = true },
        };
        agent.Start();

        await manager.WaitForAsync(
            $"{Own}/status",
            MessageJson.Wire.StatusMessage,
            status => status.State == AgentState.Online
        );
        await manager.WaitForAsync($"{Own}/info", MessageJson.Wire.InfoMessage, _ => true);
        await manager.WaitForAsync(
            $"{Own}/cameras/dock-1/status",
            MessageJson.Wire.CameraStatusMessage,
            camera => camera.State == "online"
        );
        await manager.WaitForAsync(
            $"{Own}/cameras/dock-1/detections",
            MessageJson.Wire.FrameMessage,
            frame => frame.Detections.Count > 0
        );
        await manager.WaitForAsync($"{Own}/health", MessageJson.Wire.HealthMessage, _ => true);
        await manager.WaitForAsync($"{Own}/models", MessageJson.Wire.ModelsMessage, _ => true);
        await manager.PublishAsync(
            $"{Own}/desired",
            """{"v":1,"rev":41,"profile":"accurate","policy":{"settle_s":0}}""",
            retain: true
        );
        await manager.WaitForAsync(
            $"{Own}/reported",
            MessageJson.Wire.ReportedDocument,
            reported => reported is { RevApplied: 41, State: ReportedState.Applied }
        );
        await manager.PublishAsync(
            $"{Own}/commands/profile.set",
            """{"v":1,"rev":42,"profile":"fast"}""",
            responseTopic: $"{Own}/replies/ops",
            correlation: "77"
        );
        await manager.WaitForAsync(
            $"{Own}/replies/ops",
            MessageJson.Wire.CommandReply,
            reply => reply is { State: ReplyState.Done, Rev: 42 }
        );
        await manager.PublishAsync($"{Own}/commands/snapshot", """{"v":1,"camera":"dock-1"}""");
        await manager.WaitForAsync($"{Own}/cameras/dock-1/snapshot");
        const string announcement = $"homeassistant/device/{RunningAgent.Id}/config";
        await manager.WaitForAsync(announcement);
        await manager.PublishAsync("homeassistant/status", "online");
        await manager.WaitForAsync(announcement, count: 2);

        Assert.DoesNotContain(
            agent.Log,
            line =>
                line.Contains("refuses a message", StringComparison.Ordinal)
                || line.Contains("does not let this agent", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task An_agent_that_writes_what_is_not_its_own_is_refused()
    {
        using Observer manager = await ManagerAsync("#");
        using Observer agent = await ConnectAsync(WithPassword(RunningAgent.Id));

        foreach (string topic in ForeignTopics.Select(row => row.Data))
        {
            Assert.Equal((topic, Refused), (topic, await WriteAsync(agent, topic)));
        }

        await AssertOnlyArrivesAsync(manager, agent);
    }

    [Fact]
    public async Task With_the_older_protocol_what_is_not_its_own_reaches_nobody()
    {
        using Observer manager = await ManagerAsync("#");
        using Observer agent = await ConnectAsync(
            WithPassword(RunningAgent.Id) with
            {
                Protocol = "3.1.1",
            }
        );

        foreach (string topic in ForeignTopics.Select(row => row.Data))
        {
            // MQTT 3.1.1 acknowledges what it drops: there is no word for a refusal.
            Assert.Equal(Accepted, await WriteAsync(agent, topic));
        }

        await AssertOnlyArrivesAsync(manager, agent);
    }

    [Theory]
    [InlineData("#")]
    [InlineData("asff-edge/v1/agents/+/desired", "asff-edge/v1/agents/+/commands/+")]
    [InlineData($"{Other}/desired", $"{Other}/commands/+", $"{Own}/desired", $"{Own}/commands/+")]
    public async Task An_agent_reads_only_what_it_is_told(params string[] filters)
    {
        using Observer manager = await ManagerAsync();
        await manager.PublishAsync($"{Other}/desired", "kept for another", retain: true);
        using Observer agent = await ConnectAsync(WithPassword(RunningAgent.Id), filters);

        await manager.PublishAsync($"{Other}/desired", "for another");
        await manager.PublishAsync($"{Other}/commands/profile.set", "for another");
        await manager.PublishAsync($"{Other}/replies/ops", "for another");
        await manager.PublishAsync($"{Own}/commands/profile.set", "told");
        await manager.PublishAsync($"{Own}/desired", "told");

        // Messages of one connection keep their order, so what was to come first would be here by now.
        await agent.WaitForAsync($"{Own}/desired");
        Assert.Equal(
            [$"{Own}/commands/profile.set", $"{Own}/desired"],
            agent.Seen.Select(message => message.Topic)
        );
    }

    [Fact]
    public async Task An_agent_reads_the_documents_and_commands_of_the_groups_it_was_granted_alone()
    {
        const string groups = "asff-edge/v1/groups";
        using Observer manager = await ManagerAsync();
        using Observer member = await ConnectAsync(WithCertificate(), $"{groups}/#");
        using Observer other = await ConnectAsync(
            WithPassword("gate-08"),
            $"{groups}/#",
            $"{Other}/desired"
        );

        await manager.PublishAsync($"{groups}/docks/desired", "of a group it is not in");
        await manager.PublishAsync($"{groups}/gates/commands/profile.set", "told");
        await manager.PublishAsync($"{groups}/gates/desired", "told");
        await manager.PublishAsync($"{Other}/desired", "told");

        await member.WaitForAsync($"{groups}/gates/desired");
        await other.WaitForAsync($"{Other}/desired");
        Assert.Equal(
            [$"{groups}/gates/commands/profile.set", $"{groups}/gates/desired"],
            member.Seen.Select(message => message.Topic)
        );
        Assert.Single(other.Seen);
    }

    [Fact]
    public async Task An_agent_reads_the_parts_of_models_and_a_viewer_and_Home_Assistant_write_none()
    {
        using Observer manager = await ManagerAsync();
        using Observer agent = await ConnectAsync(WithPassword(RunningAgent.Id), ModelPart);
        using Observer viewer = await ConnectAsync(AsManager("fleet-viewer"));
        using Observer assistant = await ConnectAsync(AsManager("home-assistant"));

        Assert.Equal(Refused, await WriteAsync(viewer, ModelPart));
        Assert.Equal(Refused, await WriteAsync(assistant, ModelPart));
        Assert.Equal(Accepted, await WriteAsync(manager, ModelPart));

        await agent.WaitForAsync(ModelPart);
        Assert.Single(agent.Seen);
    }

    [Fact]
    public async Task An_agent_cannot_leave_a_will_in_the_name_of_another()
    {
        using Observer manager = await ManagerAsync("#");

        // Mosquitto lets it in and drops the will when it is due; so that of the other's own has to come alone.
        (await LeaveWillAsync(RunningAgent.Id, $"{Other}/status", "a lie")).Dispose();
        (await LeaveWillAsync("gate-08", $"{Other}/status", "the truth")).Dispose();

        await manager.WaitForAsync($"{Other}/status");
        Assert.Equal("the truth", Observer.Text(Assert.Single(manager.Seen)));
    }

    [Fact]
    public async Task An_agent_cannot_throw_out_another_by_using_its_id()
    {
        using Observer manager = await ManagerAsync("#");
        using Observer victim = await ConnectAsync(WithPassword("gate-08"));
        using Observer agent = await ConnectAsync(WithCertificate(), [], "gate-08");

        // Both are still connected, and each is who it was.
        Assert.Equal(Accepted, await WriteAsync(victim, $"{Other}/health"));
        Assert.Equal(Accepted, await WriteAsync(agent, $"{Own}/health"));
        Assert.Equal(Refused, await WriteAsync(agent, $"{Other}/health"));
    }

    [Fact]
    public async Task Whoever_has_no_password_for_a_way_in_stays_out()
    {
        BrokerOptions agent = WithPassword(RunningAgent.Id);
        BrokerOptions[] strangers =
        [
            agent with
            {
                Username = null,
                Password = null,
            },
            agent with
            {
                Password = "guess",
            },
            agent with
            {
                Username = "fleet-manager",
            },
            // An agent's password opens no door of a manager.
            agent with
            {
                Port = _broker.ManagerPort,
            },
        ];

        foreach (BrokerOptions stranger in strangers)
        {
            await Assert.ThrowsAsync<UnauthorizedAccessException>(async () =>
                await ConnectAsync(stranger)
            );
        }
    }

    [Fact]
    public async Task A_viewer_sees_everything_and_changes_nothing()
    {
        using Observer manager = await ManagerAsync("#");
        using Observer viewer = await ConnectAsync(
            AsManager("fleet-viewer"),
            ["asff-edge/v1/#"],
            "somebody"
        );
        using Observer agent = await ConnectAsync(WithPassword(RunningAgent.Id));

        Assert.Equal(Refused, await WriteAsync(viewer, $"{Own}/desired"));
        Assert.Equal(Refused, await WriteAsync(viewer, $"{Own}/commands/profile.set"));
        await AssertOnlyArrivesAsync(manager, agent);
        await viewer.WaitForAsync($"{Own}/health");
    }

    [Fact]
    public async Task Home_Assistant_switches_agents_and_finds_those_that_announce_themselves()
    {
        using Observer assistant = await ConnectAsync(
            AsManager("home-assistant"),
            ["homeassistant/#"],
            "assistant"
        );
        using Observer agent = await ConnectAsync(
            WithPassword(RunningAgent.Id),
            "homeassistant/status",
            $"{Own}/commands/+"
        );

        Assert.Equal(Accepted, await WriteAsync(assistant, "homeassistant/status"));
        Assert.Equal(Accepted, await WriteAsync(assistant, $"{Own}/commands/profile.set"));
        Assert.Equal(Refused, await WriteAsync(assistant, "asff-edge/v1/groups/gates/desired"));
        Assert.Equal(
            Accepted,
            await WriteAsync(agent, $"homeassistant/device/{RunningAgent.Id}/config")
        );

        await agent.WaitForAsync($"{Own}/commands/profile.set");
        await assistant.WaitForAsync($"homeassistant/device/{RunningAgent.Id}/config");
        Assert.Equal("homeassistant/status", agent.Seen[0].Topic);
    }

    private static async Task AssertOnlyArrivesAsync(Observer manager, Observer agent)
    {
        Assert.Equal(Accepted, await WriteAsync(agent, $"{Own}/health"));
        await manager.WaitForAsync($"{Own}/health");
        Assert.Single(manager.Seen);
    }

    private static async Task<string> WriteAsync(Observer writer, string topic) =>
        (await writer.PublishAsync(topic, "text")).ToString();

    private Task<Observer> ManagerAsync(params string[] filters) =>
        ConnectAsync(AsManager("fleet-manager"), filters, "manager");

    private static Task<Observer> ConnectAsync(BrokerOptions broker, params string[] filters) =>
        ConnectAsync(broker, filters, broker.Username ?? RunningAgent.Id);

    // With the options of the agent's own connection, but for the will.
    private static Task<Observer> ConnectAsync(
        BrokerOptions broker,
        string[] filters,
        string clientId
    )
    {
        MqttClientOptions options = ClientOptions.Build(
            broker,
            clientId,
            new MqttApplicationMessage { Topic = "no-will" }
        );
        options.WillTopic = null;
        return Observer.ConnectAsync(options, filters);
    }

    // At once when the connection breaks, which leaving without a goodbye is.
    private Task<Observer> LeaveWillAsync(string agent, string topic, string will)
    {
        MqttClientOptions options = ClientOptions.Build(
            WithPassword(agent),
            agent,
            new MqttApplicationMessage
            {
                Topic = topic,
                PayloadSegment = Encoding.UTF8.GetBytes(will),
                Retain = true,
                QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce,
            }
        );
        options.WillDelayInterval = 0;
        options.SessionExpiryInterval = 0;
        return Observer.ConnectAsync(options);
    }

    private MqttOptions WithCertificate() =>
        new()
        {
            Host = "127.0.0.1",
            Port = _broker.Port,
            HealthIntervalS = 1,
            Tls = new TlsOptions
            {
                Enabled = true,
                CaFile = _certificates.Authority,
                CertificateFile = _certificates.Agent,
                KeyFile = _certificates.AgentKey,
            },
        };

    private MqttOptions WithPassword(string agent) =>
        new()
        {
            Host = "127.0.0.1",
            Port = _broker.PasswordPort,
            Username = agent,
            Password = TestBroker.Password,
            HealthIntervalS = 1,
            Tls = new TlsOptions { Enabled = true, CaFile = _certificates.Authority },
        };

    private MqttOptions AsManager(string user) =>
        WithPassword(user) with
        {
            Port = _broker.ManagerPort,
        };
}

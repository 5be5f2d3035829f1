using System.Text.Json;
using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.HomeAssistant;
using AsffEdge.Control.Broker;
using AsffEdge.Messaging;
using AsffEdge.Messaging.HomeAssistant;
using AsffEdge.Tests.Brokers;
using AsffEdge.Tests.HomeAssistant;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using MQTTnet;

namespace AsffEdge.Agent.Tests.HomeAssistant;

/// <summary>What Home Assistant is told at a real broker, over restarts with other configurations.</summary>
[Trait("Category", "System")]
public sealed class DiscoveryPublisherTests : IAsyncLifetime
{
    private const string Topic = "homeassistant/device/gate-07/config";
    private const string Birth = "homeassistant/status";

    private static readonly HomeAssistantOptions On = new() { Enabled = true };

    private readonly Mosquitto _broker = new();
    private readonly TemporaryFolder _state = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => new(_broker.StartAsync());

    public async ValueTask DisposeAsync()
    {
        await _broker.DisposeAsync();
        _state.Dispose();
    }

    [Fact]
    public async Task It_is_kept_at_the_broker_and_told_again_to_a_broker_that_has_forgotten()
    {
        await using Publisher publisher = await StartAsync(On, "dock-1");
        await AssertKeptAsync();

        await _broker.StopAsync();
        await _broker.StartAsync();

        await AssertKeptAsync();

        async Task AssertKeptAsync()
        {
            using Observer late = await Observer.ConnectAsync(_broker.Port);
            MqttApplicationMessage message = await NextAsync(late, Topic);
            JsonElement payload = Json(message);
            Assert.Empty(DiscoveryCheck.Problems(payload));
            Assert.True(
                payload.GetProperty("components").TryGetProperty("camera_dock-1_fps", out _)
            );
        }
    }

    [Fact]
    public async Task When_home_assistant_starts_it_is_told_again_a_little_later()
    {
        await using Publisher publisher = await StartAsync(On, "dock-1");
        using Observer assistant = await Observer.ConnectAsync(_broker.Port);
        await NextAsync(assistant, Topic);

        await assistant.PublishAsync(Birth, "offline");
        await assistant.PublishAsync(Birth, "online");

        await WaitUntilAsync(
            () =>
            {
                publisher.Time.Advance(TimeSpan.FromMilliseconds(100));
                return Seen(assistant, Topic).Count == 2;
            },
            "the payload comes again"
        );
        for (int longer = 0; longer < 50; longer++)
        {
            publisher.Time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Delay(1, Ct);
        }

        await publisher.RoundTripAsync();
        Assert.Equal(2, Seen(assistant, Topic).Count);
        Assert.Equal(
            Json(Seen(assistant, Topic)[0]).GetRawText(),
            Json(Seen(assistant, Topic)[1]).GetRawText()
        );
    }

    [Fact]
    public async Task What_a_restart_takes_away_is_taken_back_and_what_it_brings_back_is_there_again()
    {
        using Observer assistant = await Observer.ConnectAsync(_broker.Port);
        await using (await StartAsync(On, "dock-1", "dock-2"))
        {
            await ComponentsAsync(1);
        }

        await using (await StartAsync(On, "dock-1"))
        {
            JsonElement components = await ComponentsAsync(2);
            Assert.Equal(
                """{"platform":"button"}""",
                components.GetProperty("camera_dock-2_restart").GetRawText()
            );
            Assert.True(
                components.GetProperty("camera_dock-1_restart").TryGetProperty("name", out _)
            );
        }

        // One of two restarts later may be the first that Home Assistant hears of.
        await using (await StartAsync(On, "dock-1"))
        {
            JsonElement components = await ComponentsAsync(3);
            Assert.Equal(
                """{"platform":"image"}""",
                components.GetProperty("camera_dock-2_snapshot").GetRawText()
            );
        }

        await using (await StartAsync(On, "dock-2"))
        {
            JsonElement components = await ComponentsAsync(4);
            Assert.True(
                components.GetProperty("camera_dock-2_restart").TryGetProperty("name", out _)
            );
            Assert.Equal(
                """{"platform":"button"}""",
                components.GetProperty("camera_dock-1_restart").GetRawText()
            );
        }

        async Task<JsonElement> ComponentsAsync(int count)
        {
            await WaitUntilAsync(() => Seen(assistant, Topic).Count >= count, $"payload {count}");
            JsonElement payload = Json(Seen(assistant, Topic)[count - 1]);
            Assert.Empty(DiscoveryCheck.Problems(payload));
            return payload.GetProperty("components");
        }
    }

    [Fact]
    public async Task Switched_off_or_moved_to_another_prefix_the_old_announcement_is_emptied_once()
    {
        const string moved = "ha/test/device/gate-07/config";
        using Observer assistant = await Observer.ConnectAsync(_broker.Port);
        await RunUntilKnownAsync(On, Topic);

        await RunUntilKnownAsync(On with { Prefix = "ha/test" }, moved);

        Assert.Equal([false, true], Seen(assistant, Topic).Select(IsEmpty));
        Assert.Equal([false], Seen(assistant, moved).Select(IsEmpty));

        await RunUntilKnownAsync(new HomeAssistantOptions());
        await RunUntilKnownAsync(new HomeAssistantOptions());

        Assert.Equal([false, true], Seen(assistant, moved).Select(IsEmpty));
        Assert.Equal(2, Seen(assistant, Topic).Count);
        using Observer late = await Observer.ConnectAsync(_broker.Port);
        await late.PublishAsync("last", "");
        await NextAsync(late, "last");
        Assert.DoesNotContain(late.Seen, message => message.Topic.EndsWith("/config"));
    }

    [Fact]
    public async Task What_the_broker_does_not_let_be_emptied_is_tried_again_at_the_next_start()
    {
        const string foreign = "homeassistant/device/gate-08/config";
        using TestCertificates certificates = new("gate-07");
        await using FleetMosquitto strict = new(certificates);
        await strict.StartAsync();
        BrokerOptions broker = new()
        {
            Host = "127.0.0.1",
            Port = strict.PasswordPort,
            Username = "gate-07",
            Password = TestBroker.Password,
            Tls = new TlsOptions { Enabled = true, CaFile = certificates.Authority },
        };
        AnnouncedEntities before = new(_state.Path, NullLogger<AnnouncedEntities>.Instance);
        before.Add(foreign, [KeyValuePair.Create("profile", "select")]);
        before.Add(Topic, [KeyValuePair.Create("profile", "select")]);

        await using Publisher publisher = new(broker, _state.Path, new HomeAssistantOptions(), []);
        await publisher.StartAsync();

        // In the order of the topics: the own one comes first.
        await WaitUntilAsync(
            () =>
                publisher.Log.Any(line =>
                    line.StartsWith($"Warning: {foreign}", StringComparison.Ordinal)
                ),
            "it is given up for now"
        );
        Assert.Equal(
            [foreign],
            new AnnouncedEntities(_state.Path, NullLogger<AnnouncedEntities>.Instance).Topics
        );
    }

    [Fact]
    public async Task Unless_it_is_switched_on_nothing_is_said_and_nothing_kept()
    {
        using Observer assistant = await Observer.ConnectAsync(_broker.Port);
        await using (Publisher publisher = await StartAsync(new HomeAssistantOptions(), "dock-1"))
        {
            await assistant.PublishAsync(Birth, "online");
            await publisher.RoundTripAsync();
        }

        Assert.DoesNotContain(
            assistant.Seen,
            message => message.Topic.StartsWith("homeassistant/device/", StringComparison.Ordinal)
        );
        Assert.Empty(Directory.GetFiles(_state.Path));
    }

    /// <summary>One run of an agent, until exactly these topics are noted as ones on which there is something.</summary>
    private async Task RunUntilKnownAsync(HomeAssistantOptions options, params string[] topics)
    {
        await using Publisher publisher = await StartAsync(options, "dock-1");
        await WaitUntilAsync(
            () =>
                new AnnouncedEntities(
                    _state.Path,
                    NullLogger<AnnouncedEntities>.Instance
                ).Topics.SequenceEqual(topics),
            $"there is something on {string.Join(", ", topics)}"
        );
        await publisher.RoundTripAsync();
    }

    private async Task<Publisher> StartAsync(HomeAssistantOptions options, params string[] cameras)
    {
        Publisher publisher = new(
            new BrokerOptions { Host = "127.0.0.1", Port = _broker.Port },
            _state.Path,
            options,
            cameras
        );
        await publisher.StartAsync();
        return publisher;
    }

    private static bool IsEmpty(MqttApplicationMessage message) => message.Payload.IsEmpty;

    private static JsonElement Json(MqttApplicationMessage message) =>
        JsonDocument.Parse(Observer.Text(message)).RootElement;

    private static List<MqttApplicationMessage> Seen(Observer observer, string topic) =>
        [.. observer.Seen.Where(message => message.Topic == topic)];

    private static async Task<MqttApplicationMessage> NextAsync(Observer observer, string topic)
    {
        await WaitUntilAsync(() => Seen(observer, topic).Count > 0, $"a message on {topic}");
        return Seen(observer, topic)[0];
    }

    private static async Task WaitUntilAsync(Func<bool> condition, string what)
    {
        for (int waited = 0; !condition(); waited++)
        {
            Assert.True(waited < 2000, $"not within 20 s: {what}");
            await Task.Delay(10, Ct);
        }
    }

    /// <summary>A publisher with a link of its own, as one run of an agent has them; the test owns the publisher's clock.</summary>
    private sealed class Publisher : IAsyncDisposable
    {
        private readonly RetainedBoard _board = new();
        private readonly BrokerOptions _broker;
        private readonly LogLines _log = new();
        private readonly LoggerFactory _logging = new();
        private readonly MqttLink _link;
        private readonly DiscoveryPublisher _publisher;

        public Publisher(
            BrokerOptions broker,
            string state,
            HomeAssistantOptions options,
            string[] cameras
        )
        {
            _broker = broker;
            _logging.AddProvider(_log);
            Topics topics = new(Topics.DefaultRoot);
            AgentConfiguration configuration = new()
            {
                Agent = new AgentOptions { Id = "gate-07" },
                StateDirectory = state,
                Model = new ModelOptions { Path = "model.onnx" },
                Profile = "balanced",
                Cameras = [],
                HomeAssistant = options,
            };
            _link = new MqttLink(
                new LinkOptions("gate-07", broker, HealthIntervalS: 3600),
                topics,
                BootId.New(TimeProvider.System),
                _board,
                TimeProvider.System,
                NullLogger<MqttLink>.Instance,
                CancellationToken.None
            );
            _publisher = new DiscoveryPublisher(
                configuration,
                new AgentDiscovery(
                    topics,
                    Info(cameras),
                    ["fast", "balanced"],
                    ClassTopic.Of(["person"])
                ),
                new AnnouncedEntities(state, NullLogger<AnnouncedEntities>.Instance),
                _board,
                _link,
                Time,
                _logging.CreateLogger<DiscoveryPublisher>()
            );
        }

        public FakeTimeProvider Time { get; } = new();

        /// <summary>What it has logged.</summary>
        public IReadOnlyCollection<string> Log => _log.Lines;

        public async Task StartAsync()
        {
            await _link.StartAsync(Ct);
            await _publisher.StartAsync(Ct);
            await _link.WaitConnectedAsync(Ct);
        }

        /// <summary>Completes when all that was to be published before has been.</summary>
        public async Task RoundTripAsync()
        {
            string topic = $"round-trip/{Guid.NewGuid()}";
            using Observer observer = await Observer.ConnectAsync(_broker.Port);
            _board.Set(topic, [1]);
            await NextAsync(observer, topic);
        }

        // What is on its way is published first.
        public async ValueTask DisposeAsync()
        {
            await _publisher.StopAsync(CancellationToken.None);
            await _link.StopAsync(CancellationToken.None);
            _publisher.Dispose();
            _link.Dispose();
            _logging.Dispose();
        }

        private static InfoMessage Info(string[] cameras) =>
            new()
            {
                Agent = "gate-07",
                Boot = "84c0bf",
                Started = DateTime.UnixEpoch,
                Version = "0.1.0",
                Os = "Debian",
                Provider = "cpu",
                Cameras = [.. cameras.Select(id => new CameraInfo(id, null, true))],
                Profiles = new Dictionary<string, ProfileInfo>(),
                Models = [new ModelInfo("pedestrian", "1.0.0", new string('0', 64))],
            };
    }
}

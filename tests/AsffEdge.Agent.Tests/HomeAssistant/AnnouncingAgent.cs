using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.HomeAssistant;
using AsffEdge.Control.Broker;
using AsffEdge.Messaging;
using AsffEdge.Messaging.HomeAssistant;
using AsffEdge.Tests.Brokers;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace AsffEdge.Agent.Tests.HomeAssistant;

/// <summary>One run of as much of an agent as announces it. The test owns the announcement's clock.</summary>
internal sealed class AnnouncingAgent : IAsyncDisposable
{
    private readonly RetainedBoard _board = new();
    private readonly LogLines _log = new();
    private readonly LoggerFactory _logging = new();
    private readonly MqttLink _link;
    private readonly DiscoveryPublisher _publisher;

    public AnnouncingAgent(
        BrokerOptions broker,
        string state,
        HomeAssistantOptions options,
        string[] cameras
    )
    {
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
                ClassTopic.Of(["person"]),
                hasOutbox: true,
                hasSnapshots: true
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
        await _link.StartAsync(TestContext.Current.CancellationToken);
        await _publisher.StartAsync(TestContext.Current.CancellationToken);
        await _link.WaitConnectedAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Completes when <paramref name="observer"/> has seen all that was to be published before.</summary>
    public async Task RoundTripAsync(Observer observer)
    {
        string topic = $"round-trip/{Guid.NewGuid()}";
        _board.Set(topic, [1]);
        await observer.WaitForAsync(topic);
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

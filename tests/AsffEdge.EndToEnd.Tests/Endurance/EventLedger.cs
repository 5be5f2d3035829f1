using System.Buffers;
using System.Text.Json;
using AsffEdge.Messaging;
using AsffEdge.Tests.Brokers;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;

namespace AsffEdge.EndToEnd.Tests.Endurance;

/// <summary>
/// A consumer of events that misses nothing: its session outlives connections, and it comes back whenever the broker does. It also hears
/// what the agent reports, and asks for profiles.
/// </summary>
internal sealed class EventLedger : IAsyncDisposable
{
    private const string Root = "asff-edge/v1/agents";
    private const int Patience = 300; // times 20 ms, until the broker lets it in
    private readonly IMqttClient _client = new MqttClientFactory().CreateMqttClient();
    private readonly List<TrackMessage> _told = [];
    private readonly Dictionary<(string Boot, long EventSeq), int> _times = [];
    private readonly Lock _lock = new();
    private readonly string _agent;
    private readonly int _port;
    private long _reported;

    private EventLedger(string agent, int port)
    {
        (_agent, _port) = (agent, port);
        _client.ApplicationMessageReceivedAsync += arrival =>
        {
            Take(arrival.ApplicationMessage);
            return Task.CompletedTask;
        };
    }

    /// <summary>The highest revision that any process of the agent said was in force.</summary>
    public long Reported => Interlocked.Read(ref _reported);

    /// <summary>How many events came, repeated ones too.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _told.Count;
            }
        }
    }

    /// <summary>Every event, as often as it came, in the order in which it came.</summary>
    public TrackMessage[] Told
    {
        get
        {
            lock (_lock)
            {
                return [.. _told];
            }
        }
    }

    public static async Task<EventLedger> ConnectAsync(string agent, int port)
    {
        EventLedger ledger = new(agent, port);
        await ledger.ConnectAsync();
        return ledger;
    }

    /// <summary>What names an event among all.</summary>
    public static (string Boot, long EventSeq) Key(TrackMessage happened) =>
        (happened.Boot, happened.EventSeq);

    /// <summary>Whether an event came.</summary>
    public bool Has((string Boot, long EventSeq) key)
    {
        lock (_lock)
        {
            return _times.ContainsKey(key);
        }
    }

    /// <summary>Connects, or connects again.</summary>
    public async Task ConnectAsync()
    {
        MqttClientOptions options = LocalClient
            .At(_port)
            .WithProtocolVersion(MqttProtocolVersion.V500)
            .WithClientId("ledger")
            .WithCleanStart(false)
            .WithSessionExpiryInterval(uint.MaxValue)
            .Build();
        for (int attempt = 0; !_client.IsConnected; attempt++)
        {
            try
            {
                await _client.ConnectAsync(options, TestContext.Current.CancellationToken);
                await _client.SubscribeAsync(
                    new MqttClientSubscribeOptionsBuilder()
                        .WithTopicFilter(
                            $"{Root}/{_agent}/cameras/+/events",
                            MqttQualityOfServiceLevel.AtLeastOnce
                        )
                        .WithTopicFilter(
                            $"{Root}/{_agent}/reported",
                            MqttQualityOfServiceLevel.AtLeastOnce
                        )
                        .Build(),
                    TestContext.Current.CancellationToken
                );
            }
            catch (Exception error)
                when (attempt < Patience && error is not OperationCanceledException)
            {
                await Task.Delay(20, TestContext.Current.CancellationToken);
            }
        }
    }

    /// <summary>Asks for a profile; nothing happens while the broker is away.</summary>
    public async Task WantAsync(long revision, string profile)
    {
        try
        {
            await _client.PublishAsync(
                new MqttApplicationMessageBuilder()
                    .WithTopic($"{Root}/{_agent}/desired")
                    .WithPayload(
                        $$"""{"v":1,"rev":{{revision}},"profile":"{{profile}}","policy":{"settle_s":0} }"""
                    )
                    .WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce)
                    .WithRetainFlag()
                    .Build(),
                TestContext.Current.CancellationToken
            );
        }
        catch (Exception error)
            when (error
                    is MQTTnet.Exceptions.MqttCommunicationException
                        or InvalidOperationException
                || (
                    error is OperationCanceledException
                    && !TestContext.Current.CancellationToken.IsCancellationRequested
                )
            ) { }
    }

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    private void Take(MqttApplicationMessage message)
    {
        byte[] payload = message.Payload.ToArray();
        if (message.Topic.EndsWith("/reported", StringComparison.Ordinal))
        {
            ReportedDocument reported = JsonSerializer.Deserialize(
                payload,
                MessageJson.Wire.ReportedDocument
            )!;
            Interlocked.Exchange(ref _reported, Math.Max(Reported, reported.RevApplied ?? 0));
            return;
        }

        TrackMessage happened = JsonSerializer.Deserialize(payload, MessageJson.Wire.TrackMessage)!;
        lock (_lock)
        {
            _told.Add(happened);
            _times[Key(happened)] = _times.GetValueOrDefault(Key(happened)) + 1;
        }
    }
}

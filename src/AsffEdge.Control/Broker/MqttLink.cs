using System.Buffers;
using System.Collections.Concurrent;
using System.Text.Json;
using AsffEdge.Messaging;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MQTTnet;
using MQTTnet.Protocol;

namespace AsffEdge.Control.Broker;

/// <summary>
/// The way to the broker: a connection that is made again whenever it ends, with the agent's status kept and its retained state published
/// at each start. Nothing that detects ever waits for it.
/// </summary>
public sealed partial class MqttLink : BackgroundService
{
    private static readonly TimeSpan HeldLongEnough = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan TakenOverPause = TimeSpan.FromSeconds(60);

    private readonly LinkOptions _options;
    private readonly Topics _topics;
    private readonly BootId _boot;
    private readonly RetainedBoard _board;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    private readonly ConcurrentDictionary<string, Action<InboundMessage>> _listeners = new(
        StringComparer.Ordinal
    );

    private volatile BrokerConnection? _connection;
    private volatile TaskCompletionSource _connected = NewSignal();
    private volatile AgentState _state = AgentState.Online;

    // What was learnt of the broker from its refusals.
    private MqttQualityOfServiceLevel _willQos = MqttQualityOfServiceLevel.AtLeastOnce;
    private bool _isWillRetained = true;
    private long _largestPacket = long.MaxValue;

    /// <summary>A link; it connects when it is started and says <c>stopping</c> once <paramref name="stopping"/> is cancelled.</summary>
    public MqttLink(
        LinkOptions options,
        Topics topics,
        BootId boot,
        RetainedBoard board,
        TimeProvider time,
        ILogger<MqttLink> logger,
        CancellationToken stopping
    )
    {
        _options = options;
        _topics = topics;
        _boot = boot;
        _board = board;
        _time = time;
        _logger = logger;
        ShowStatus();
        stopping.Register(() =>
        {
            _state = AgentState.Stopping;
            ShowStatus();
        });
    }

    /// <summary>
    /// Hears a topic that is none of the agent's own, from the next connection on. What comes there goes to <paramref name="received"/>
    /// instead of to <see cref="Inbox"/>; it must not block.
    /// </summary>
    public void Listen(string topic, Action<InboundMessage> received) =>
        _listeners[topic] = received;

    /// <summary>What came in on the agent's topics. Messages that come faster than they are read are dropped and logged.</summary>
    public Inbox Inbox { get; } = new();

    /// <summary>Whether there is a connection, as far as known.</summary>
    public bool IsConnected => _connection is not null;

    /// <summary>Why the last connection ended, or was not made, a sentence with its code and without secrets; null: none has.</summary>
    public string? LastEnd { get; private set; }

    /// <summary>How long ago the broker last acknowledged something; null: there is no connection.</summary>
    public TimeSpan? AcknowledgementAge => _connection?.AcknowledgementAge;

    /// <summary>What has been exchanged with the broker.</summary>
    public LinkTraffic Traffic { get; } = new();

    /// <summary>Completes once there is a connection.</summary>
    public Task WaitConnectedAsync(CancellationToken ct) => _connected.Task.WaitAsync(ct);

    /// <summary>
    /// Publishes; with quality of service 1 completes at the broker's acknowledgement. False when there is no connection, when it ends
    /// meanwhile, or when the broker refuses (which is logged).
    /// </summary>
    public async ValueTask<bool> TryPublishAsync(
        MqttApplicationMessage message,
        CancellationToken ct
    ) => await PublishAsync(message, ct).ConfigureAwait(false) == PublishOutcome.Taken;

    /// <summary>As <see cref="TryPublishAsync"/>, and says what became of the message.</summary>
    public async ValueTask<PublishOutcome> PublishAsync(
        MqttApplicationMessage message,
        CancellationToken ct
    )
    {
        if (_connection is not { } connection)
        {
            return PublishOutcome.NotSent;
        }

        try
        {
            return await connection.PublishAsync(message, ct).ConfigureAwait(false);
        }
        catch (Exception error)
            when (BrokerFailure.IsExpected(error) && !ct.IsCancellationRequested)
        {
            Log.NotPublished(_logger, message.Topic, error.Message);
            return PublishOutcome.NotSent;
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        BrokerOptions broker = _options.Broker;
        ReconnectBackoff backoff = new(Random.Shared);
        while (true)
        {
            (ConnectionEnd end, TimeSpan held) = await RunConnectionAsync(stoppingToken)
                .ConfigureAwait(false);
            if (stoppingToken.IsCancellationRequested)
            {
                return;
            }

            LastEnd = end.ToString();
            if (held > HeldLongEnough)
            {
                backoff.Reset();
            }

            TimeSpan pause =
                end.Reason == BrokerReason.TakenOver ? TakenOverPause
                : Learn(end) ? TimeSpan.Zero
                : backoff.Next();
            Log.Broken(_logger, broker.Host, broker.Port, LastEnd, pause.TotalSeconds);
            await Task.Delay(pause, _time, stoppingToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static TaskCompletionSource NewSignal() =>
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task<(ConnectionEnd End, TimeSpan Held)> RunConnectionAsync(
        CancellationToken stopping
    )
    {
        using BrokerConnection connection = new(
            _options,
            _topics,
            _board,
            () => _listeners.Keys,
            OnMessage,
            Traffic,
            _time,
            _logger
        );
        try
        {
            ConnectionEnd? refusal = await connection
                .ConnectAsync(Will(), _largestPacket, stopping)
                .ConfigureAwait(false);
            if (refusal is not null)
            {
                return (refusal.Value, TimeSpan.Zero);
            }

            long connected = _time.GetTimestamp();
            BrokerOptions broker = _options.Broker;
            Log.Connected(_logger, broker.Host, broker.Port, _options.Agent);
            ShowStatus();
            _board.RepublishAll();
            Traffic.CountConnection();
            _connection = connection;
            _connected.TrySetResult();
            ConnectionEnd end = await connection.ServeAsync(stopping).ConfigureAwait(false);
            _connection = null;
            _connected = NewSignal();
            if (stopping.IsCancellationRequested)
            {
                await connection
                    .SayGoodbyeAsync(StatusPayload(AgentState.Offline))
                    .ConfigureAwait(false);
            }
            else if (end.Reason == BrokerReason.PacketTooLarge)
            {
                // It did not say its limit, or says another one than it has.
                _largestPacket = Math.Min(_largestPacket, connection.LargestSent) - 1;
                Log.SmallerPackets(_logger, _largestPacket + 1);
            }

            return (end, _time.GetElapsedTime(connected));
        }
        catch (Exception error) when (BrokerFailure.IsExpected(error))
        {
            return (BrokerFailure.Describe(error, _options.Agent), TimeSpan.Zero);
        }
    }

    /// <summary>Whether the next attempt will do without what <paramref name="end"/> says the broker does not have.</summary>
    private bool Learn(ConnectionEnd end)
    {
        if (
            end.Reason == BrokerReason.QosNotSupported
            && _willQos != MqttQualityOfServiceLevel.AtMostOnce
        )
        {
            _willQos = MqttQualityOfServiceLevel.AtMostOnce;
            return true;
        }

        if (end.Reason == BrokerReason.RetainNotSupported && _isWillRetained)
        {
            _isWillRetained = false;
            return true;
        }

        return false;
    }

    private MqttApplicationMessage Will() =>
        new()
        {
            Topic = _topics.Status(_options.Agent),
            PayloadSegment = StatusPayload(AgentState.Offline),
            QualityOfServiceLevel = _willQos,
            Retain = _isWillRetained,
        };

    private void OnMessage(MqttApplicationMessage message)
    {
        Traffic.CountReceived();
        uint lifetimeS = message.MessageExpiryInterval;
        InboundMessage inbound = new(
            message.Topic,
            message.Payload.ToArray(),
            message.Retain,
            message.ResponseTopic,
            message.CorrelationData,
            _time.GetTimestamp(),
            lifetimeS > 0 ? TimeSpan.FromSeconds(lifetimeS) : null
        );
        if (_listeners.TryGetValue(message.Topic, out Action<InboundMessage>? received))
        {
            received(inbound);
        }
        // A broker may send parts that a connection before this one has asked for; nobody waits for them any more.
        else if (!_topics.IsModelChunk(message.Topic) && !Inbox.TryAdd(inbound))
        {
            Log.InboxFull(_logger, message.Topic);
        }
    }

    private void ShowStatus() => _board.Set(_topics.Status(_options.Agent), StatusPayload(_state));

    private byte[] StatusPayload(AgentState state) =>
        JsonSerializer.SerializeToUtf8Bytes(
            new StatusMessage(state, _boot.Value, _time.GetUtcNow().UtcDateTime),
            MessageJson.Wire.StatusMessage
        );
}

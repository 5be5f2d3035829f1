using System.Buffers;
using System.Collections.Concurrent;
using System.Text.Json;
using AsffEdge.Control.Settings;
using AsffEdge.Messaging;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MQTTnet;

namespace AsffEdge.Control.Broker;

/// <summary>
/// The way to the broker: a connection that is made again whenever it ends, with the agent's status kept and its retained state published
/// at each start. Nothing that detects ever waits for it.
/// </summary>
public sealed class MqttLink : BackgroundService
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
    )
    {
        if (_connection is not { } connection)
        {
            return false;
        }

        try
        {
            return await connection.PublishAsync(message, ct).ConfigureAwait(false);
        }
        catch (Exception error)
            when (BrokerFailure.IsExpected(error) && !ct.IsCancellationRequested)
        {
            Log.NotPublished(_logger, message.Topic, error.Message);
            return false;
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        BrokerOptions broker = _options.Broker;
        ReconnectBackoff backoff = new(Random.Shared);
        while (true)
        {
            long started = _time.GetTimestamp();
            ConnectionEnd end = await RunConnectionAsync(stoppingToken).ConfigureAwait(false);
            if (stoppingToken.IsCancellationRequested)
            {
                return;
            }

            if (_time.GetElapsedTime(started) > HeldLongEnough)
            {
                backoff.Reset();
            }

            TimeSpan pause = end.TakenOver ? TakenOverPause : backoff.Next();
            Log.Broken(_logger, broker.Host, broker.Port, end.Reason, pause.TotalSeconds);
            await Task.Delay(pause, _time, stoppingToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static TaskCompletionSource NewSignal() =>
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task<ConnectionEnd> RunConnectionAsync(CancellationToken stopping)
    {
        using BrokerConnection connection = new(
            _options,
            _topics,
            _board,
            [.. _listeners.Keys],
            OnMessage,
            Traffic,
            _time,
            _logger
        );
        try
        {
            byte[] will = StatusPayload(AgentState.Offline);
            if (await connection.ConnectAsync(will, stopping).ConfigureAwait(false) is { } refusal)
            {
                return new ConnectionEnd(refusal);
            }

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

            return end;
        }
        catch (Exception error) when (BrokerFailure.IsExpected(error))
        {
            return new ConnectionEnd(BrokerFailure.Describe(error));
        }
    }

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
        else if (!Inbox.TryAdd(inbound))
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

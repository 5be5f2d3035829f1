using System.Buffers;
using System.Net.Sockets;
using System.Text.Json;
using System.Threading.Channels;
using AsffEdge.Agent.Configuration;
using AsffEdge.Messaging;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MQTTnet;
using MQTTnet.Exceptions;
using MQTTnet.Protocol;

namespace AsffEdge.Agent.Publishing;

/// <summary>
/// The connection to the broker: made again whenever it ends, judged by the age of the last acknowledgement, and with the agent's
/// retained state published at each start. Nothing that detects ever waits for it.
/// </summary>
public sealed partial class MqttLink : BackgroundService
{
    private const int InboxCapacity = 64;

    // Health messages are the probes: a link on which one stays unacknowledged for this long is half-open.
    private static readonly TimeSpan AcknowledgeWithin = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan CheckEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan HeldLongEnough = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan TakenOverPause = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan GoodbyeWithin = TimeSpan.FromSeconds(2);

    private readonly MqttOptions _options;
    private readonly string _agent;
    private readonly BootId _boot;
    private readonly Topics _topics;
    private readonly RetainedBoard _board;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly MqttClientFactory _factory = new();
    private readonly Channel<InboundMessage> _inbox = Channel.CreateBounded<InboundMessage>(
        InboxCapacity
    );

    private volatile IMqttClient? _client;
    private volatile TaskCompletionSource _connected = NewSignal();
    private volatile AgentState _state = AgentState.Online;
    private long _acknowledged;

    /// <summary>A link; it connects when the host starts it and says <c>stopping</c> when the host is told to stop.</summary>
    public MqttLink(
        AgentConfiguration configuration,
        Topics topics,
        BootId boot,
        RetainedBoard board,
        IHostApplicationLifetime lifetime,
        TimeProvider time,
        ILogger<MqttLink> logger
    )
    {
        _options = configuration.Mqtt;
        _agent = configuration.Agent.Id;
        _boot = boot;
        _topics = topics;
        _board = board;
        _time = time;
        _logger = logger;
        _board.Set(_topics.Status(_agent), StatusPayload(AgentState.Online));
        lifetime.ApplicationStopping.Register(() =>
        {
            _state = AgentState.Stopping;
            _board.Set(_topics.Status(_agent), StatusPayload(AgentState.Stopping));
        });
    }

    /// <summary>What came in on the agent's topics. Messages that come faster than they are read are dropped and logged.</summary>
    public ChannelReader<InboundMessage> Inbox => _inbox.Reader;

    /// <summary>Whether there is a connection, as far as known.</summary>
    public bool IsConnected => _client is not null;

    /// <summary>Whether what MQTT 5 added may be used: expiry, user properties, response topics.</summary>
    public bool IsVersion5 => BrokerOptions.IsVersion5(_options);

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
        if (_client is not { } client)
        {
            return false;
        }

        try
        {
            return await PublishAsync(client, message, ct).ConfigureAwait(false);
        }
        catch (Exception error) when (IsLoss(error) && !ct.IsCancellationRequested)
        {
            Log.NotPublished(_logger, message.Topic, error.Message);
            return false;
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        ReconnectBackoff backoff = new(Random.Shared);
        while (!stoppingToken.IsCancellationRequested)
        {
            long started = _time.GetTimestamp();
            (string reason, bool takenOver) = await RunConnectionAsync(stoppingToken)
                .ConfigureAwait(false);
            if (stoppingToken.IsCancellationRequested)
            {
                return;
            }

            if (_time.GetElapsedTime(started) > HeldLongEnough)
            {
                backoff.Reset();
            }

            TimeSpan pause = takenOver ? TakenOverPause : backoff.Next();
            Log.Broken(_logger, _options.Host, _options.Port, reason, pause.TotalSeconds);
            try
            {
                await Task.Delay(pause, _time, stoppingToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private static TaskCompletionSource NewSignal() =>
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static bool IsLoss(Exception error) =>
        error
            is MqttCommunicationException
                or MqttProtocolViolationException
                or IOException
                or SocketException
                or ObjectDisposedException
                or InvalidOperationException
                or OperationCanceledException;

    /// <summary>One connection from its making to its end, which is never an exception but a reason.</summary>
    private async Task<(string Reason, bool TakenOver)> RunConnectionAsync(
        CancellationToken stopping
    )
    {
        using IMqttClient client = _factory.CreateMqttClient();
        TaskCompletionSource<MqttClientDisconnectedEventArgs> lost = new(
            TaskCreationOptions.RunContinuationsAsynchronously
        );
        client.ApplicationMessageReceivedAsync += OnMessageAsync;
        client.DisconnectedAsync += ended =>
        {
            lost.TrySetResult(ended);
            return Task.CompletedTask;
        };
        try
        {
            MqttClientOptions options = BrokerOptions.Build(
                _options,
                _agent,
                _topics.Status(_agent),
                StatusPayload(AgentState.Offline)
            );
            MqttClientConnectResult result = await client
                .ConnectAsync(options, stopping)
                .ConfigureAwait(false);
            if (result.ResultCode != MqttClientConnectResultCode.Success)
            {
                return (BrokerFailure.Describe(result, _options), false);
            }

            await SubscribeAsync(client, stopping).ConfigureAwait(false);
            return await ServeAsync(client, lost.Task, stopping).ConfigureAwait(false);
        }
        catch (Exception error)
            when (IsLoss(error)
                || error
                    is UnauthorizedAccessException
                        or System.Security.Cryptography.CryptographicException
                        or System.Security.Authentication.AuthenticationException
            )
        {
            return (BrokerFailure.Describe(error), false);
        }
    }

    private async Task<(string Reason, bool TakenOver)> ServeAsync(
        IMqttClient client,
        Task<MqttClientDisconnectedEventArgs> lost,
        CancellationToken stopping
    )
    {
        Log.Connected(_logger, _options.Host, _options.Port, _agent);
        Volatile.Write(ref _acknowledged, _time.GetTimestamp());
        _board.Set(_topics.Status(_agent), StatusPayload(_state));
        _board.RepublishAll();
        _client = client;
        _connected.TrySetResult();
        using CancellationTokenSource ending = CancellationTokenSource.CreateLinkedTokenSource(
            stopping
        );
        Task publishing = PublishBoardAsync(client, ending.Token);
        Task silent = WaitForSilenceAsync(ending.Token);
        await Task.WhenAny(lost, publishing, silent).ConfigureAwait(false);
        bool isSilent = silent.IsCompletedSuccessfully;
        _client = null;
        _connected = NewSignal();
        await ending.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(publishing, silent)
            .ConfigureAwait(
                ConfigureAwaitOptions.ContinueOnCapturedContext
                    | ConfigureAwaitOptions.SuppressThrowing
            );
        if (stopping.IsCancellationRequested)
        {
            await SayGoodbyeAsync(client).ConfigureAwait(false);
            return ("the agent stops", false);
        }

        if (isSilent)
        {
            return ("it acknowledges nothing any more", false);
        }

        return lost.IsCompletedSuccessfully
            ? DescribeLoss(await lost.ConfigureAwait(false))
            : (BrokerFailure.Describe(publishing.Exception!.InnerException!), false);
    }

    private (string Reason, bool TakenOver) DescribeLoss(MqttClientDisconnectedEventArgs ended)
    {
        if (ended.Reason == MqttClientDisconnectReason.SessionTakenOver)
        {
            return (
                $"another client has taken over the id '{_agent}': is there a second agent with this agent.id?",
                true
            );
        }

        string reason = ended.Exception is { } error
            ? BrokerFailure.Describe(error)
            : ended.Reason.ToString();
        return ($"the connection ended: {ended.ReasonString ?? reason}", false);
    }

    private async Task SubscribeAsync(IMqttClient client, CancellationToken ct)
    {
        MqttClientSubscribeOptions options = _factory
            .CreateSubscribeOptionsBuilder()
            .WithTopicFilter(_topics.Desired(_agent), MqttQualityOfServiceLevel.AtLeastOnce)
            // As published: so that a command that somebody retains is seen to be retained the first time already.
            .WithTopicFilter(
                _topics.Command(_agent, "+"),
                MqttQualityOfServiceLevel.AtLeastOnce,
                retainAsPublished: IsVersion5
            )
            .Build();
        MqttClientSubscribeResult result = await client
            .SubscribeAsync(options, ct)
            .ConfigureAwait(false);
        foreach (MqttClientSubscribeResultItem item in result.Items)
        {
            if (item.ResultCode > MqttClientSubscribeResultCode.GrantedQoS2)
            {
                Log.NotSubscribed(_logger, item.TopicFilter.Topic, item.ResultCode);
            }
        }
    }

    private async Task PublishBoardAsync(IMqttClient client, CancellationToken ct)
    {
        while (true)
        {
            await DrainBoardAsync(client, ct).ConfigureAwait(false);
            await _board.WaitAsync(ct).ConfigureAwait(false);
        }
    }

    private async Task DrainBoardAsync(IMqttClient client, CancellationToken ct)
    {
        while (_board.TryTake(out string? topic, out byte[]? payload))
        {
            await PublishAsync(client, Retained(topic, payload), ct).ConfigureAwait(false);
        }
    }

    private async Task WaitForSilenceAsync(CancellationToken ct)
    {
        TimeSpan longest = TimeSpan.FromSeconds(_options.HealthIntervalS) + AcknowledgeWithin;
        while (_time.GetElapsedTime(Volatile.Read(ref _acknowledged)) <= longest)
        {
            await Task.Delay(CheckEvery, _time, ct).ConfigureAwait(false);
        }
    }

    private async Task SayGoodbyeAsync(IMqttClient client)
    {
        using CancellationTokenSource deadline = new(GoodbyeWithin, _time);
        try
        {
            await DrainBoardAsync(client, deadline.Token).ConfigureAwait(false);
            MqttApplicationMessage offline = Retained(
                _topics.Status(_agent),
                StatusPayload(AgentState.Offline)
            );
            await PublishAsync(client, offline, deadline.Token).ConfigureAwait(false);
            await client
                .DisconnectAsync(new MqttClientDisconnectOptions(), deadline.Token)
                .ConfigureAwait(false);
        }
        catch (Exception error) when (IsLoss(error))
        {
            Log.NoGoodbye(_logger, _options.Host, _options.Port, BrokerFailure.Describe(error));
        }
    }

    private async ValueTask<bool> PublishAsync(
        IMqttClient client,
        MqttApplicationMessage message,
        CancellationToken ct
    )
    {
        MqttClientPublishResult result = await client
            .PublishAsync(message, ct)
            .ConfigureAwait(false);
        if (message.QualityOfServiceLevel != MqttQualityOfServiceLevel.AtMostOnce)
        {
            Volatile.Write(ref _acknowledged, _time.GetTimestamp());
        }

        if (!result.IsSuccess)
        {
            Log.Refused(_logger, message.Topic, result.ReasonCode, result.ReasonString);
        }

        return result.IsSuccess;
    }

    private Task OnMessageAsync(MqttApplicationMessageReceivedEventArgs received)
    {
        MqttApplicationMessage message = received.ApplicationMessage;
        InboundMessage inbound = new(
            message.Topic,
            message.Payload.ToArray(),
            message.Retain,
            message.ResponseTopic,
            message.CorrelationData,
            _time.GetTimestamp(),
            message.MessageExpiryInterval > 0
                ? TimeSpan.FromSeconds(message.MessageExpiryInterval)
                : null
        );
        if (!_inbox.Writer.TryWrite(inbound))
        {
            Log.InboxFull(_logger, message.Topic, InboxCapacity);
        }

        return Task.CompletedTask;
    }

    private static MqttApplicationMessage Retained(string topic, byte[] payload) =>
        new()
        {
            Topic = topic,
            PayloadSegment = payload,
            Retain = true,
            QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce,
        };

    private byte[] StatusPayload(AgentState state) =>
        JsonSerializer.SerializeToUtf8Bytes(
            new StatusMessage(state, _boot.Value, _time.GetUtcNow().UtcDateTime),
            MessageJson.Wire.StatusMessage
        );
}

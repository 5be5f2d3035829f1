using AsffEdge.Control.Settings;
using AsffEdge.Messaging;
using Microsoft.Extensions.Logging;
using MQTTnet;
using MQTTnet.Protocol;

namespace AsffEdge.Control.Broker;

/// <summary>One connection to the broker, from its making to its end. A link that has ended is never mended, but made anew.</summary>
internal sealed class BrokerConnection : IDisposable
{
    private const int RoomForHeaders = 1024; // topic and properties, which are short here

    // Health messages are the probes: a connection on which one stays unacknowledged for this long is half-open.
    private static readonly TimeSpan AcknowledgeWithin = TimeSpan.FromSeconds(4);

    // Timers may fire a little early.
    private static readonly TimeSpan Margin = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan GoodbyeWithin = TimeSpan.FromSeconds(2);

    private readonly LinkOptions _options;
    private readonly Topics _topics;
    private readonly RetainedBoard _board;
    private readonly IReadOnlyList<string> _moreTopics;
    private readonly LinkTraffic _traffic;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly MqttClientFactory _factory = new();
    private readonly IMqttClient _client;
    private readonly TaskCompletionSource<MqttClientDisconnectedEventArgs> _lost = new(
        TaskCreationOptions.RunContinuationsAsynchronously
    );
    private long _acknowledged;
    private long _largestPacket = long.MaxValue;

    /// <summary>A connection that is not made yet.</summary>
    /// <param name="options">The broker and the agent's id.</param>
    /// <param name="topics">The topics to subscribe to.</param>
    /// <param name="board">The retained state to keep published.</param>
    /// <param name="moreTopics">Topics to subscribe to beside the agent's own.</param>
    /// <param name="received">Takes what comes in; must not block.</param>
    /// <param name="traffic">Is told of every message published.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The log.</param>
    public BrokerConnection(
        LinkOptions options,
        Topics topics,
        RetainedBoard board,
        IReadOnlyList<string> moreTopics,
        Action<MqttApplicationMessage> received,
        LinkTraffic traffic,
        TimeProvider time,
        ILogger logger
    )
    {
        _options = options;
        _topics = topics;
        _board = board;
        _moreTopics = moreTopics;
        _traffic = traffic;
        _time = time;
        _logger = logger;
        _client = _factory.CreateMqttClient();
        _client.ApplicationMessageReceivedAsync += arrived =>
        {
            received(arrived.ApplicationMessage);
            return Task.CompletedTask;
        };
        _client.DisconnectedAsync += ended =>
        {
            _lost.TrySetResult(ended);
            return Task.CompletedTask;
        };
    }

    private string Agent => _options.Agent;

    /// <summary>How long ago the broker last acknowledged something.</summary>
    public TimeSpan AcknowledgementAge => _time.GetElapsedTime(Volatile.Read(ref _acknowledged));

    /// <summary>Connects and subscribes.</summary>
    /// <returns>Null, or why the broker refuses.</returns>
    /// <exception cref="Exception">One of those that <see cref="BrokerFailure.IsExpected"/> knows.</exception>
    public async Task<string?> ConnectAsync(byte[] will, CancellationToken ct)
    {
        MqttClientOptions options = ClientOptions.Build(
            _options.Broker,
            Agent,
            _topics.Status(Agent),
            will
        );
        MqttClientConnectResult result = await _client
            .ConnectAsync(options, ct)
            .ConfigureAwait(false);
        if (result.ResultCode != MqttClientConnectResultCode.Success)
        {
            return BrokerFailure.Describe(result, _options.Broker);
        }

        // MQTTnet says 0 where the broker says nothing.
        _largestPacket = result.MaximumPacketSize is > 0 and uint most ? most : long.MaxValue;
        await SubscribeAsync(ct).ConfigureAwait(false);
        Volatile.Write(ref _acknowledged, _time.GetTimestamp());
        return null;
    }

    /// <summary>Publishes what is on the board, as it comes, until the connection ends or <paramref name="stopping"/> is cancelled.</summary>
    public async Task<ConnectionEnd> ServeAsync(CancellationToken stopping)
    {
        using CancellationTokenSource ending = CancellationTokenSource.CreateLinkedTokenSource(
            stopping
        );
        Task publishing = PublishBoardAsync(ending.Token);
        Task silent = WaitForSilenceAsync(ending.Token);
        await Task.WhenAny(_lost.Task, publishing, silent).ConfigureAwait(false);
        bool isSilent = silent.IsCompletedSuccessfully;
        await ending.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(publishing, silent)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (isSilent)
        {
            return new ConnectionEnd("it acknowledges nothing any more");
        }

        if (_lost.Task.IsCompletedSuccessfully)
        {
            return DescribeLoss(await _lost.Task.ConfigureAwait(false));
        }

        return publishing.Exception is { } error
            ? new ConnectionEnd(BrokerFailure.Describe(error.InnerException!))
            : new ConnectionEnd("the agent stops");
    }

    /// <summary>Publishes; with quality of service 1 completes at the acknowledgement.</summary>
    /// <returns>False when the broker refuses the message or takes none so large, which is logged.</returns>
    /// <exception cref="Exception">One of those that <see cref="BrokerFailure.IsExpected"/> knows.</exception>
    public async ValueTask<bool> PublishAsync(MqttApplicationMessage message, CancellationToken ct)
    {
        // The broker would end the connection, and a retained message would do so again at the next one.
        if (message.Payload.Length + RoomForHeaders > _largestPacket)
        {
            Log.TooLarge(_logger, message.Topic, message.Payload.Length, _largestPacket);
            return false;
        }

        // Only the wait may be cancelled, never the write: half a packet would make the next one part of this one's payload.
        MqttClientPublishResult result = await _client
            .PublishAsync(message, CancellationToken.None)
            .WaitAsync(ct)
            .ConfigureAwait(false);
        _traffic.CountSent();
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

    /// <summary>Publishes what is left on the board and <paramref name="offline"/> as the status, and leaves, so that the broker needs no will.</summary>
    public async Task SayGoodbyeAsync(byte[] offline)
    {
        using CancellationTokenSource deadline = new(GoodbyeWithin, _time);
        try
        {
            // First what is there, or "offline" would replace a "stopping" that nobody has heard yet.
            await DrainBoardAsync(deadline.Token).ConfigureAwait(false);
            _board.Set(_topics.Status(Agent), offline);
            await DrainBoardAsync(deadline.Token).ConfigureAwait(false);
            await _client
                .DisconnectAsync(new MqttClientDisconnectOptions(), deadline.Token)
                .ConfigureAwait(false);
        }
        catch (Exception error) when (BrokerFailure.IsExpected(error))
        {
            BrokerOptions broker = _options.Broker;
            Log.NoGoodbye(_logger, broker.Host, broker.Port, BrokerFailure.Describe(error));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private async Task SubscribeAsync(CancellationToken ct)
    {
        MqttClientSubscribeOptionsBuilder filters = _factory.CreateSubscribeOptionsBuilder();
        Add(_topics.Desired(Agent), _topics.Command(Agent, "+"));
        foreach (string group in _options.Groups)
        {
            Add(_topics.GroupDesired(group), _topics.GroupCommand(group, "+"));
        }

        foreach (string topic in _moreTopics)
        {
            filters.WithTopicFilter(topic, MqttQualityOfServiceLevel.AtLeastOnce);
        }

        MqttClientSubscribeResult result = await _client
            .SubscribeAsync(filters.Build(), ct)
            .ConfigureAwait(false);
        foreach (MqttClientSubscribeResultItem item in result.Items)
        {
            if (item.ResultCode > MqttClientSubscribeResultCode.GrantedQoS2)
            {
                Log.NotSubscribed(_logger, item.TopicFilter.Topic, item.ResultCode);
            }
        }

        void Add(string desired, string commands) =>
            filters
                .WithTopicFilter(desired, MqttQualityOfServiceLevel.AtLeastOnce)
                // As published: so that a command that somebody retains is seen to be retained the first time already.
                .WithTopicFilter(
                    commands,
                    MqttQualityOfServiceLevel.AtLeastOnce,
                    retainAsPublished: ClientOptions.IsVersion5(_options.Broker)
                );
    }

    private async Task PublishBoardAsync(CancellationToken ct)
    {
        while (true)
        {
            await DrainBoardAsync(ct).ConfigureAwait(false);
            await _board.WaitAsync(ct).ConfigureAwait(false);
        }
    }

    private async Task DrainBoardAsync(CancellationToken ct)
    {
        while (_board.TryTake(out string? topic, out byte[]? payload))
        {
            MqttApplicationMessage message = new()
            {
                Topic = topic,
                PayloadSegment = payload,
                Retain = true,
                QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce,
            };
            await PublishAsync(message, ct).ConfigureAwait(false);
        }
    }

    private async Task WaitForSilenceAsync(CancellationToken ct)
    {
        TimeSpan longest = TimeSpan.FromSeconds(_options.HealthIntervalS) + AcknowledgeWithin;
        while (true)
        {
            // The next moment at which it can have been silent for too long; each acknowledgement moves it on.
            TimeSpan left = longest - _time.GetElapsedTime(Volatile.Read(ref _acknowledged));
            if (left <= TimeSpan.Zero)
            {
                return;
            }

            await Task.Delay(left + Margin, _time, ct).ConfigureAwait(false);
        }
    }

    private ConnectionEnd DescribeLoss(MqttClientDisconnectedEventArgs ended)
    {
        if (ended.Reason == MqttClientDisconnectReason.SessionTakenOver)
        {
            return new ConnectionEnd(
                $"another client has taken over the id '{Agent}': is there a second agent with this agent.id?",
                TakenOver: true
            );
        }

        // Some versions of Mosquitto (2.0.11) close the connection of the first of two agents with one id without a word.
        string reason = ended switch
        {
            { Exception: { } error } => BrokerFailure.Describe(error),
            { Reason: MqttClientDisconnectReason.NormalDisconnection } =>
                $"closed without a reason; brokers do that when they stop, and some when a second agent has the id '{Agent}'",
            _ => $"{ended.Reason} {ended.ReasonString}".TrimEnd(),
        };
        return new ConnectionEnd($"the connection ended: {reason}");
    }
}

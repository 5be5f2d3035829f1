using AsffEdge.Messaging;
using Microsoft.Extensions.Logging;
using MQTTnet;
using MQTTnet.Protocol;

namespace AsffEdge.Control.Broker;

/// <summary>One connection to the broker, from its making to its end. A link that has ended is never mended, but made anew.</summary>
internal sealed partial class BrokerConnection : IDisposable
{
    private static readonly TimeSpan GoodbyeWithin = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ReasonWithin = TimeSpan.FromSeconds(1);

    private readonly LinkOptions _options;
    private readonly Topics _topics;
    private readonly RetainedBoard _board;
    private readonly Func<IEnumerable<string>> _moreTopics;
    private readonly LinkTraffic _traffic;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly IMqttClient _client;
    private readonly TaskCompletionSource<MqttClientDisconnectedEventArgs> _lost = new(
        TaskCreationOptions.RunContinuationsAsynchronously
    );
    private readonly BoardPublisher _retained;
    private readonly Said _said = new();
    private BrokerLimits _limits = BrokerLimits.None;
    private SemaphoreSlim _window = new(1);
    private readonly Liveness _liveness;
    private long _largestSent;

    /// <summary>A connection that is not made yet.</summary>
    /// <param name="options">The broker and the agent's id.</param>
    /// <param name="topics">The topics to subscribe to.</param>
    /// <param name="board">The retained state to keep published.</param>
    /// <param name="moreTopics">Gives the topics to subscribe to beside the agent's own.</param>
    /// <param name="received">Takes what comes in; must not block.</param>
    /// <param name="traffic">Is told of every message published.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The log.</param>
    public BrokerConnection(
        LinkOptions options,
        Topics topics,
        RetainedBoard board,
        Func<IEnumerable<string>> moreTopics,
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
        _liveness = new Liveness(time);
        _retained = new BoardPublisher(board, PublishAsync, time);
        _client = new MqttClientFactory().CreateMqttClient();
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
    public TimeSpan AcknowledgementAge => _liveness.AcknowledgementAge;

    /// <summary>Bytes of the largest packet that was sent.</summary>
    public long LargestSent => Interlocked.Read(ref _largestSent);

    /// <summary>Connects and subscribes.</summary>
    /// <param name="will">What the broker is to publish when it loses the agent.</param>
    /// <param name="largestPacket">Bytes of the largest packet that it is known to take.</param>
    /// <param name="ct">Ends the attempt.</param>
    /// <returns>Null, or why the broker refuses.</returns>
    /// <exception cref="Exception">One of those that <see cref="BrokerFailure.IsExpected"/> knows.</exception>
    public async Task<ConnectionEnd?> ConnectAsync(
        MqttApplicationMessage will,
        long largestPacket,
        CancellationToken ct
    )
    {
        MqttClientOptions options = ClientOptions.Build(_options.Broker, Agent, will);
        MqttClientConnectResult result = await Deadline
            .RunAsync(within => _client.ConnectAsync(options, within), _time, ct)
            .ConfigureAwait(false);
        if (result.ResultCode != MqttClientConnectResultCode.Success)
        {
            return BrokerFailure.Describe(result, _options.Broker);
        }

        BrokerLimits limits = BrokerLimits.Read(result, _options.Broker);
        _limits = limits with { LargestPacket = Math.Min(limits.LargestPacket, largestPacket) };
        _window = new SemaphoreSlim(_limits.InFlight);
        SayLimits();
        await SubscribeAsync(Subscriptions.Build(_options, _topics, _moreTopics()), ct)
            .ConfigureAwait(false);
        _liveness.NoteAcknowledgement();
        return null;
    }

    /// <summary>Publishes what is on the board, as it comes, until the connection ends or <paramref name="stopping"/> is cancelled.</summary>
    public async Task<ConnectionEnd> ServeAsync(CancellationToken stopping)
    {
        using CancellationTokenSource ending = CancellationTokenSource.CreateLinkedTokenSource(
            stopping
        );
        Task publishing = _retained.RunAsync(ending.Token);
        Task silent = _liveness.WaitForSilenceAsync(
            _limits.KeepAlive,
            _limits.Qos == MqttQualityOfServiceLevel.AtMostOnce
                ? null
                : TimeSpan.FromSeconds(_options.HealthIntervalS),
            ending.Token
        );
        Task probing = _liveness.ProbeAsync(_client.PingAsync, _limits.KeepAlive, ending.Token);
        await Task.WhenAny(_lost.Task, publishing, silent).ConfigureAwait(false);
        bool isSilent = silent.IsCompletedSuccessfully;
        await ending.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(publishing, silent, probing)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (publishing.IsFaulted)
        {
            // A connection that ends fails what is on its way before it says why it has ended.
            await Task.WhenAny(_lost.Task, Task.Delay(ReasonWithin, _time, CancellationToken.None))
                .ConfigureAwait(false);
        }

        if (isSilent)
        {
            return new ConnectionEnd(BrokerReason.Silent, "it acknowledges nothing any more");
        }

        if (_lost.Task.IsCompletedSuccessfully)
        {
            return BrokerFailure.Describe(await _lost.Task.ConfigureAwait(false), Agent);
        }

        return publishing.Exception is { } error
            ? BrokerFailure.Describe(error.InnerException!, Agent)
            : new ConnectionEnd(BrokerReason.Stopping, "the agent stops");
    }

    /// <summary>
    /// Publishes; with quality of service 1 completes at the acknowledgement. What the broker refuses or takes none so large of is logged,
    /// once for each topic and connection.
    /// </summary>
    /// <exception cref="Exception">One of those that <see cref="BrokerFailure.IsExpected"/> knows.</exception>
    public async ValueTask<PublishOutcome> PublishAsync(
        MqttApplicationMessage message,
        CancellationToken ct
    )
    {
        // The broker would end the connection, and a retained message would do so again at the next one.
        long size = PacketSize.Of(message, _options.Broker);
        if (size > _limits.LargestPacket)
        {
            _traffic.CountTooLarge();
            if (_said.IsNew(message.Topic, nameof(PublishOutcome.TooLarge)))
            {
                Log.TooLarge(_logger, message.Topic, size, _limits.LargestPacket);
            }

            return PublishOutcome.TooLarge;
        }

        message = _limits.Adapt(message);
        NoteSize(size);

        // Only the wait may be cancelled, never the write: half a packet would make the next one part of this one's payload.
        bool isAcknowledged = message.QualityOfServiceLevel != MqttQualityOfServiceLevel.AtMostOnce;
        MqttClientPublishResult result = await (
            isAcknowledged
                ? SendInWindowAsync(message, ct)
                : _client.PublishAsync(message, CancellationToken.None)
        )
            .WaitAsync(ct)
            .ConfigureAwait(false);
        if (isAcknowledged)
        {
            _liveness.NoteAcknowledgement();
        }

        if (result.IsSuccess)
        {
            _traffic.CountSent();
            return PublishOutcome.Taken;
        }

        _traffic.CountRefused();
        if (_said.IsNew(message.Topic, result.ReasonCode.ToString()))
        {
            Log.Refused(_logger, message.Topic, result.ReasonCode, result.ReasonString);
        }

        return PublishOutcome.Refused;
    }

    /// <summary>Publishes what is left on the board and <paramref name="offline"/> as the status, and leaves, so that the broker needs no will.</summary>
    public async Task SayGoodbyeAsync(byte[] offline)
    {
        using CancellationTokenSource deadline = new(GoodbyeWithin, _time);
        try
        {
            // First what is there, or "offline" would replace a "stopping" that nobody has heard yet.
            await _retained.DrainAsync(deadline.Token).ConfigureAwait(false);
            _board.Set(_topics.Status(Agent), offline);
            await _retained.DrainAsync(deadline.Token).ConfigureAwait(false);
            await _client
                .DisconnectAsync(new MqttClientDisconnectOptions(), deadline.Token)
                .ConfigureAwait(false);
        }
        catch (Exception error) when (BrokerFailure.IsExpected(error))
        {
            BrokerOptions broker = _options.Broker;
            Log.NoGoodbye(
                _logger,
                broker.Host,
                broker.Port,
                BrokerFailure.Describe(error, Agent).ToString()
            );
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    // More unacknowledged messages than the broker announced would end the connection (MQTT 5.0, section 4.9).
    private async Task<MqttClientPublishResult> SendInWindowAsync(
        MqttApplicationMessage message,
        CancellationToken ct
    )
    {
        await _window.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            return await _client
                .PublishAsync(message, CancellationToken.None)
                .ConfigureAwait(false);
        }
        finally
        {
            _window.Release();
        }
    }

    private void NoteSize(long size)
    {
        long largest;
        while (size > (largest = Interlocked.Read(ref _largestSent)))
        {
            Interlocked.CompareExchange(ref _largestSent, size, largest);
        }
    }

    private void SayLimits()
    {
        if (!_limits.Retains)
        {
            Log.NothingRetained(_logger);
        }

        if (_limits.Qos == MqttQualityOfServiceLevel.AtMostOnce)
        {
            Log.NothingAcknowledged(_logger);
        }
    }
}

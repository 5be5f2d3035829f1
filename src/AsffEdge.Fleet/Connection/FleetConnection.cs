using System.Security.Cryptography;
using AsffEdge.Control.Broker;
using AsffEdge.Messaging;
using MQTTnet;
using MQTTnet.Protocol;

namespace AsffEdge.Fleet.Connection;

/// <summary>
/// The tool's connection to the broker. The first must succeed; one that ends later is made again, with the same subscriptions, until the
/// tool is through. Subscriptions have quality of service 0: nothing is kept for a tool that is gone, and a broker need not wait for an
/// acknowledgement of each of thousands of retained messages.
/// </summary>
internal sealed class FleetConnection : IAsyncDisposable
{
    private const ushort MostInFlight = 64;
    private static readonly TimeSpan GoodbyeWithin = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(5);

    private readonly BrokerOptions _options;
    private readonly Action<string> _note;
    private readonly TimeProvider _time;
    private readonly IMqttClient _client = new MqttClientFactory().CreateMqttClient();
    private readonly CancellationTokenSource _closing = new();
    private readonly RetainedArrival _arrival;
    private volatile string[] _filters = [];
    private volatile TaskCompletionSource _connected = NewSignal();
    private Task _reconnecting = Task.CompletedTask;
    private SemaphoreSlim _window = new(MostInFlight);
    private BrokerLimits _limits = BrokerLimits.None;

    private FleetConnection(BrokerOptions options, Action<string> note, TimeProvider time)
    {
        _options = options;
        _note = note;
        _time = time;
        Topics = new Topics(options.Root);
        ClientId = $"asff-fleet-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(3))}";
        _client.ApplicationMessageReceivedAsync += OnMessageAsync;
        _client.DisconnectedAsync += OnDisconnectedAsync;
        _arrival = new RetainedArrival(_client, time);
    }

    /// <summary>Takes every message, one at a time; must not block.</summary>
    public event Action<MqttApplicationMessage>? Received;

    /// <summary>The connection is there again, with its subscriptions; what is retained follows. Must not block.</summary>
    public event Action? Reconnected;

    /// <summary>The broker and the root of the topics, <c>HOST:PORT/ROOT</c>.</summary>
    public string Address => $"{_options.Host}:{_options.Port}/{_options.Root}";

    /// <summary>The topics below the broker's root.</summary>
    public Topics Topics { get; }

    /// <summary>The tool's id at the broker, new at every start.</summary>
    public string ClientId { get; }

    /// <summary>Whether the connection speaks MQTT 5.</summary>
    public bool IsVersion5 => ClientOptions.IsVersion5(_options);

    /// <summary>Connects.</summary>
    /// <param name="options">The broker.</param>
    /// <param name="note">Takes what a person should know of the connection, later.</param>
    /// <param name="time">The clock.</param>
    /// <param name="ct">Ends the attempt.</param>
    /// <exception cref="FleetException">The broker does not answer or refuses.</exception>
    public static async Task<FleetConnection> ConnectAsync(
        BrokerOptions options,
        Action<string> note,
        TimeProvider time,
        CancellationToken ct
    )
    {
        FleetConnection connection = new(options, note, time);
        if (await connection.TryConnectAsync(ct).ConfigureAwait(false) is { } refusal)
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            ct.ThrowIfCancellationRequested();
            throw new FleetException($"{options.Host}:{options.Port}: {refusal}");
        }

        return connection;
    }

    /// <summary>Subscribes to <paramref name="filters"/>, one after the other; after a reconnect again.</summary>
    /// <exception cref="FleetException">The broker refuses one.</exception>
    public async Task SubscribeAsync(IReadOnlyCollection<string> filters, CancellationToken ct)
    {
        foreach (string filter in filters)
        {
            await SubscribeAsync(filter, ct).ConfigureAwait(false);
        }

        _filters = [.. _filters.Union(filters)];
    }

    /// <summary>Waits until everything retained on the subscribed topics has arrived, see <see cref="RetainedArrival"/>.</summary>
    /// <param name="longest">When to go on regardless.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <returns>False: <paramref name="longest"/> has passed, so something may be missing.</returns>
    public Task<bool> WaitForRetainedAsync(TimeSpan longest, CancellationToken ct) =>
        _arrival.WaitAsync(longest, within => _connected.Task.WaitAsync(within), ct);

    /// <summary>Publishes with quality of service 1; completes when the broker has it, over reconnects.</summary>
    /// <exception cref="FleetException">The broker refuses the message, takes none so large or does not keep what is to be retained.</exception>
    public async Task PublishAsync(MqttApplicationMessage message, CancellationToken ct)
    {
        message.QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce;
        while (true)
        {
            await _connected.Task.WaitAsync(ct).ConfigureAwait(false);
            SemaphoreSlim window = _window;
            await window.WaitAsync(ct).ConfigureAwait(false);
            try
            {
                if (_limits.Problem(message, _options) is { } problem)
                {
                    throw new FleetException($"the broker cannot take {message.Topic}: {problem}");
                }

                // Only the wait may be cancelled, never the write: half a packet would make the next one part of this one's payload.
                MqttClientPublishResult result = await _client
                    .PublishAsync(_limits.Adapt(message), CancellationToken.None)
                    .WaitAsync(ct)
                    .ConfigureAwait(false);
                if (!result.IsSuccess)
                {
                    throw new FleetException(
                        $"the broker refuses to take {message.Topic}: {result.ReasonCode} {result.ReasonString}".TrimEnd()
                    );
                }

                return;
            }
            catch (Exception error)
                when (BrokerFailure.IsExpected(error) && !ct.IsCancellationRequested)
            {
                // The connection has ended; the same document again does no harm.
                await Task.Delay(RetryAfter, _time, ct).ConfigureAwait(false);
            }
            finally
            {
                window.Release();
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync().ConfigureAwait(false);
        await _reconnecting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_client.IsConnected)
        {
            using CancellationTokenSource deadline = new(GoodbyeWithin, _time);
            try
            {
                await _client
                    .DisconnectAsync(new MqttClientDisconnectOptions(), deadline.Token)
                    .ConfigureAwait(false);
            }
            catch (Exception error) when (BrokerFailure.IsExpected(error))
            {
                // Gone is what was wanted.
            }
        }

        _client.Dispose();
        _closing.Dispose();
    }

    private static TaskCompletionSource NewSignal() =>
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task<string?> TryConnectAsync(CancellationToken ct)
    {
        try
        {
            _arrival.Restart();
            MqttClientOptions options = ClientOptions.Build(_options, ClientId);
            MqttClientConnectResult result = await Deadline
                .RunAsync(within => _client.ConnectAsync(options, within), _time, ct)
                .ConfigureAwait(false);
            if (result.ResultCode != MqttClientConnectResultCode.Success)
            {
                return BrokerFailure.Describe(result, _options).ToString();
            }

            _limits = BrokerLimits.Read(result, _options);
            _window = new SemaphoreSlim(Math.Min(_limits.InFlight, MostInFlight));
            foreach (string filter in _filters)
            {
                await SubscribeAsync(filter, ct).ConfigureAwait(false);
            }

            _connected.TrySetResult();
            return null;
        }
        catch (Exception error) when (BrokerFailure.IsExpected(error))
        {
            return BrokerFailure.Describe(error, ClientId).ToString();
        }
    }

    private async Task SubscribeAsync(string filter, CancellationToken ct)
    {
        MqttClientSubscribeResult result;
        try
        {
            MqttClientSubscribeOptions options = new MqttClientSubscribeOptionsBuilder()
                .WithTopicFilter(filter, MqttQualityOfServiceLevel.AtMostOnce)
                .Build();
            result = await Deadline
                .RunAsync(within => _client.SubscribeAsync(options, within), _time, ct)
                .ConfigureAwait(false);
        }
        catch (Exception error)
            when (BrokerFailure.IsExpected(error) && !ct.IsCancellationRequested)
        {
            throw new FleetException(
                $"{_options.Host}:{_options.Port}: {BrokerFailure.Describe(error, ClientId)}"
            );
        }

        if (
            result.Items.FirstOrDefault(item =>
                item.ResultCode > MqttClientSubscribeResultCode.GrantedQoS2
            ) is
            { } refused
        )
        {
            throw new FleetException(
                $"the broker does not let this client read {filter}: {refused.ResultCode} (see the broker's access rules)"
            );
        }
    }

    private Task OnMessageAsync(MqttApplicationMessageReceivedEventArgs arrived)
    {
        try
        {
            Received?.Invoke(arrived.ApplicationMessage);
        }
        finally
        {
            _arrival.NoteHandled(arrived.ApplicationMessage);
        }

        return Task.CompletedTask;
    }

    private Task OnDisconnectedAsync(MqttClientDisconnectedEventArgs ended)
    {
        if (ended.ClientWasConnected && !_closing.IsCancellationRequested)
        {
            _connected = NewSignal();
            ConnectionEnd end = BrokerFailure.Describe(ended, ClientId);
            _note($"{_options.Host}:{_options.Port}: {end}; connecting again");
            _reconnecting = ReconnectAsync();
        }

        return Task.CompletedTask;
    }

    private async Task ReconnectAsync()
    {
        ReconnectBackoff backoff = new(Random.Shared);
        while (!_closing.IsCancellationRequested)
        {
            await Task.Delay(backoff.Next(), _time, _closing.Token).ConfigureAwait(false);
            try
            {
                if (await TryConnectAsync(_closing.Token).ConfigureAwait(false) is not { } refusal)
                {
                    _note($"{_options.Host}:{_options.Port}: connected again");
                    Reconnected?.Invoke();
                    return;
                }

                _note($"{_options.Host}:{_options.Port}: {refusal}");
            }
            catch (FleetException refusal)
            {
                // Connected, but no longer allowed to read what it read before.
                _note(refusal.Message);
                _connected.TrySetResult();
                return;
            }
        }
    }
}

using System.Buffers;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AsffEdge.Tests.Brokers;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;

namespace AsffEdge.EndToEnd.Tests.Fixtures;

/// <summary>One message as it came from the broker.</summary>
internal sealed record Received(string Topic, byte[] Payload, bool Retained, byte[]? Correlation)
{
    /// <summary>The payload as JSON.</summary>
    public JsonNode Json { get; } = Parse(Payload);

    private static JsonNode Parse(byte[] payload)
    {
        try
        {
            return JsonNode.Parse(payload) ?? new JsonObject();
        }
        catch (JsonException)
        {
            return JsonValue.Create(Encoding.UTF8.GetString(payload));
        }
    }
}

/// <summary>An outside MQTT 5 client that keeps the messages it gets.</summary>
internal sealed class MqttRecorder : IAsyncDisposable
{
    private readonly IMqttClient _client = new MqttClientFactory().CreateMqttClient();
    private readonly List<Received> _received = [];
    private readonly Lock _lock = new();

    private readonly int _port;
    private readonly string[] _filters;

    private MqttRecorder(int port, string[] filters)
    {
        (_port, _filters) = (port, filters);
        _client.ApplicationMessageReceivedAsync += arrival =>
        {
            MqttApplicationMessage message = arrival.ApplicationMessage;
            Received received = new(
                message.Topic,
                message.Payload.ToArray(),
                message.Retain,
                message.CorrelationData
            );
            lock (_lock)
            {
                _received.Add(received);
            }
            return Task.CompletedTask;
        };
    }

    /// <summary>How many messages came so far; waits can start from here.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _received.Count;
            }
        }
    }

    /// <summary>Connects to a broker on this machine.</summary>
    /// <param name="port">Its port.</param>
    /// <param name="filters">What to keep; none: everything under the agent's root and Home Assistant's.</param>
    public static async Task<MqttRecorder> ConnectAsync(int port, params string[] filters)
    {
        MqttRecorder recorder = new(port, filters);
        await recorder.ReconnectAsync();
        return recorder;
    }

    /// <summary>Connects again, after the broker was away.</summary>
    public async Task ReconnectAsync()
    {
        await _client.ConnectAsync(
            LocalClient.At(_port).WithProtocolVersion(MqttProtocolVersion.V500).Build(),
            TestContext.Current.CancellationToken
        );
        foreach (string filter in _filters is [] ? ["asff-edge/v1/#", "homeassistant/#"] : _filters)
        {
            await _client.SubscribeAsync(
                filter,
                MqttQualityOfServiceLevel.AtLeastOnce,
                TestContext.Current.CancellationToken
            );
        }
    }

    public Task PublishAsync(string topic, JsonNode json, bool retain = false) =>
        PublishAsync(
            builder => builder.WithTopic(topic).WithRetainFlag(retain),
            json.ToJsonString()
        );

    /// <summary>Publishes a text as it is.</summary>
    public Task PublishAsync(string topic, string text) =>
        PublishAsync(builder => builder.WithTopic(topic), text);

    /// <summary>Publishes bytes, retained.</summary>
    public Task PublishAsync(string topic, byte[] bytes) =>
        _client.PublishAsync(
            new MqttApplicationMessageBuilder()
                .WithTopic(topic)
                .WithPayload(bytes)
                .WithRetainFlag()
                .WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce)
                .Build(),
            TestContext.Current.CancellationToken
        );

    /// <summary>Publishes a command, to be answered under the response topic with the same correlation bytes.</summary>
    public Task RequestAsync(
        string topic,
        string responseTopic,
        byte[] correlation,
        JsonNode json
    ) =>
        PublishAsync(
            builder =>
                builder
                    .WithTopic(topic)
                    .WithResponseTopic(responseTopic)
                    .WithCorrelationData(correlation),
            json.ToJsonString()
        );

    /// <summary>The messages of a topic after the first <paramref name="since"/> of all.</summary>
    public IReadOnlyList<Received> Messages(string topic, int since = 0)
    {
        lock (_lock)
        {
            return [.. _received.Skip(since).Where(message => message.Topic == topic)];
        }
    }

    /// <summary>Waits for a message of a topic that fulfils the condition.</summary>
    /// <exception cref="TimeoutException">None came in time; the message holds the last ones that did come.</exception>
    public async Task<Received> WaitAsync(
        string topic,
        Func<JsonNode, bool> condition,
        TimeSpan timeout,
        int since = 0
    )
    {
        IReadOnlyList<Received> messages = await WaitAsync(topic, 1, condition, timeout, since);
        return messages[0];
    }

    /// <summary>Waits for several messages of a topic that fulfil the condition.</summary>
    public async Task<IReadOnlyList<Received>> WaitAsync(
        string topic,
        int count,
        Func<JsonNode, bool> condition,
        TimeSpan timeout,
        int since = 0
    )
    {
        Stopwatch elapsed = Stopwatch.StartNew();
        while (true)
        {
            IReadOnlyList<Received> messages = Messages(topic, since);
            Received[] fitting = [.. messages.Where(message => condition(message.Json))];
            if (fitting.Length >= count)
            {
                return fitting;
            }
            if (elapsed.Elapsed > timeout)
            {
                throw new TimeoutException(
                    $"{fitting.Length} of {count} messages that fit came on {topic} in {timeout.TotalSeconds:0} s, "
                        + $"of {messages.Count} in all; the last of them:\n"
                        + string.Join('\n', messages.TakeLast(3).Select(m => m.Json.ToJsonString()))
                );
            }
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    private Task<MqttClientPublishResult> PublishAsync(
        Func<MqttApplicationMessageBuilder, MqttApplicationMessageBuilder> address,
        string text
    ) =>
        _client.PublishAsync(
            address(new MqttApplicationMessageBuilder())
                .WithPayload(text)
                .WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce)
                .Build(),
            TestContext.Current.CancellationToken
        );
}

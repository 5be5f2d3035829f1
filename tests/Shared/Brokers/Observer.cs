using System.Buffers;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;

namespace AsffEdge.Tests.Brokers;

/// <summary>Somebody else at the broker: sees everything and may send anything.</summary>
public sealed class Observer : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly IMqttClient _client = new MqttClientFactory().CreateMqttClient();
    private readonly ConcurrentQueue<MqttApplicationMessage> _seen = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Everything so far, in order.</summary>
    public IReadOnlyList<MqttApplicationMessage> Seen => [.. _seen];

    /// <summary>Connects to a broker on this machine and subscribes to everything.</summary>
    public static Task<Observer> ConnectAsync(int port, bool withCredentials = false)
    {
        MqttClientOptionsBuilder options = LocalClient
            .At(port)
            .WithProtocolVersion(MqttProtocolVersion.V500);
        if (withCredentials)
        {
            options.WithCredentials(TestBroker.User, TestBroker.Password);
        }

        return ConnectAsync(options.Build(), "#");
    }

    /// <summary>Connects as <paramref name="options"/> say and subscribes to <paramref name="filters"/>.</summary>
    /// <exception cref="UnauthorizedAccessException">The broker does not let it in.</exception>
    public static async Task<Observer> ConnectAsync(
        MqttClientOptions options,
        params string[] filters
    )
    {
        Observer observer = new();
        observer._client.ApplicationMessageReceivedAsync += received =>
        {
            observer._seen.Enqueue(received.ApplicationMessage);
            return Task.CompletedTask;
        };
        MqttClientConnectResult result = await observer._client.ConnectAsync(options, Ct);
        if (result.ResultCode != MqttClientConnectResultCode.Success)
        {
            observer.Dispose();
            throw new UnauthorizedAccessException(result.ResultCode.ToString());
        }

        foreach (string filter in filters)
        {
            await observer._client.SubscribeAsync(
                new MqttClientSubscribeOptionsBuilder()
                    .WithTopicFilter(filter, MqttQualityOfServiceLevel.AtLeastOnce)
                    .Build(),
                Ct
            );
        }

        return observer;
    }

    /// <summary>Publishes; gives the broker's answer.</summary>
    public Task<MqttClientPublishReasonCode> PublishAsync(
        string topic,
        string payload,
        bool retain = false,
        string? responseTopic = null,
        string? correlation = null
    ) => PublishAsync(topic, Encoding.UTF8.GetBytes(payload), retain, responseTopic, correlation);

    public async Task<MqttClientPublishReasonCode> PublishAsync(
        string topic,
        byte[] payload,
        bool retain = false,
        string? responseTopic = null,
        string? correlation = null
    ) =>
        (
            await _client.PublishAsync(
                new MqttApplicationMessage
                {
                    Topic = topic,
                    PayloadSegment = payload,
                    Retain = retain,
                    QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce,
                    ResponseTopic = responseTopic,
                    CorrelationData = correlation is null
                        ? null
                        : Encoding.UTF8.GetBytes(correlation),
                },
                Ct
            )
        ).ReasonCode;

    /// <summary>All messages on a topic, past or to come, once there are <paramref name="count"/>.</summary>
    public async Task<IReadOnlyList<MqttApplicationMessage>> WaitForAsync(
        string topic,
        int count = 1
    )
    {
        Stopwatch waiting = Stopwatch.StartNew();
        while (true)
        {
            MqttApplicationMessage[] messages = [.. _seen.Where(message => message.Topic == topic)];
            if (messages.Length >= count)
            {
                return messages;
            }

            Assert.True(
                waiting.Elapsed < Patience,
                $"{messages.Length} of {count} messages came on {topic}"
            );
            await Task.Delay(10, Ct);
        }
    }

    /// <summary>The first message on a topic whose payload is as wanted, past or to come.</summary>
    public async Task<T> WaitForAsync<T>(
        string topic,
        JsonTypeInfo<T> type,
        Func<T, bool> isWanted,
        int after = 0
    )
    {
        Stopwatch waiting = Stopwatch.StartNew();
        while (waiting.Elapsed < Patience)
        {
            foreach (
                MqttApplicationMessage message in _seen
                    .Skip(after)
                    .Where(message => message.Topic == topic)
            )
            {
                T? payload;
                try
                {
                    payload = JsonSerializer.Deserialize(message.Payload.ToArray(), type);
                }
                catch (JsonException error)
                {
                    throw new InvalidOperationException(
                        $"on {topic} came what is no {type.Type.Name}: {Text(message)}",
                        error
                    );
                }

                if (payload is not null && isWanted(payload))
                {
                    return payload;
                }
            }

            await Task.Delay(10, Ct);
        }

        throw new TimeoutException(
            $"no such message on {topic}; seen there: "
                + string.Join(
                    "\n",
                    _seen.Where(message => message.Topic == topic).Select(Text).TakeLast(5)
                )
        );
    }

    public static string Text(MqttApplicationMessage message) =>
        Encoding.UTF8.GetString(message.Payload.ToArray());

    public void Dispose() => _client.Dispose();
}

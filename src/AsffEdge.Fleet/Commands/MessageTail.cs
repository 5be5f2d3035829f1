using System.Text.Json;
using System.Threading.Channels;
using AsffEdge.Fleet.Connection;
using AsffEdge.Fleet.Output;
using AsffEdge.Messaging;
using MQTTnet;

namespace AsffEdge.Fleet.Commands;

/// <summary>Hands on messages as they come. When they come faster than they are taken, the oldest are dropped, and that is said.</summary>
internal sealed class MessageTail
{
    private const int Capacity = 10_000;

    private readonly string[] _cameras;
    private readonly string[] _types;
    private readonly TimeProvider _time;
    private readonly Channel<(DateTime Received, MqttApplicationMessage Message)> _waiting;
    private long _dropped;

    /// <summary>A tail of messages.</summary>
    /// <param name="cameras">The cameras whose messages are wanted; none: all.</param>
    /// <param name="types">The types of events that are wanted; none: all.</param>
    /// <param name="time">The clock.</param>
    public MessageTail(string[] cameras, string[] types, TimeProvider time)
    {
        _cameras = cameras;
        _types = types;
        _time = time;
        _waiting = Channel.CreateBounded<(DateTime, MqttApplicationMessage)>(
            new BoundedChannelOptions(Capacity) { FullMode = BoundedChannelFullMode.DropOldest },
            _ => Interlocked.Increment(ref _dropped)
        );
    }

    /// <summary>Hands <paramref name="count"/> messages to <paramref name="write"/>, or fewer when that gives false or <paramref name="ct"/> is cancelled.</summary>
    /// <exception cref="FleetException">The broker refuses.</exception>
    public async Task RunAsync(
        FleetConnection connection,
        IReadOnlyCollection<TopicKind> kinds,
        IReadOnlyCollection<string> agents,
        int count,
        Func<MessageLine, bool> write,
        CancellationToken ct
    )
    {
        Topics topics = connection.Topics;
        connection.Received += message =>
            _waiting.Writer.TryWrite((_time.GetUtcNow().UtcDateTime, message));
        await connection
            .SubscribeAsync(
                [
                    .. agents.SelectMany(agent =>
                        kinds.SelectMany(kind => Filters(topics, kind, agent))
                    ),
                ],
                ct
            )
            .ConfigureAwait(false);
        int written = 0;
        try
        {
            await foreach (
                (DateTime received, MqttApplicationMessage message) in _waiting
                    .Reader.ReadAllAsync(ct)
                    .ConfigureAwait(false)
            )
            {
                if (Interlocked.Exchange(ref _dropped, 0) is > 0 and var dropped)
                {
                    FleetCommand.Note($"{dropped} messages came faster than they could be written");
                }

                if (
                    Read(topics, received, message) is { } line
                    && (!write(line) || ++written == count)
                )
                {
                    return;
                }
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // How a tail ends.
        }
    }

    /// <summary>The line of <paramref name="message"/>; null when it is not wanted or cannot be read, which is said.</summary>
    internal MessageLine? Read(Topics topics, DateTime received, MqttApplicationMessage message)
    {
        // What is retained was so before: this is about what happens.
        if (
            message.Retain
            || message.Payload.IsEmpty
            || !topics.TryParse(message.Topic, out ParsedTopic topic)
        )
        {
            return null;
        }

        bool isOfCamera = topic.Kind != TopicKind.Status;
        if (_cameras.Length > 0 && !(isOfCamera && _cameras.Contains(topic.Name)))
        {
            return null;
        }

        try
        {
            Utf8JsonReader reader = new(message.Payload);
            JsonElement payload = JsonElement.ParseValue(ref reader);
            return topic.Kind == TopicKind.Events && !IsWanted(payload)
                ? null
                : new MessageLine(
                    received,
                    Kind(topic.Kind),
                    topic.Agent,
                    isOfCamera ? topic.Name : null,
                    payload
                );
        }
        catch (JsonException error)
        {
            FleetCommand.Note($"{message.Topic} cannot be read: {error.Message}");
            return null;
        }
    }

    private bool IsWanted(JsonElement payload) =>
        _types.Length == 0
        || payload.ValueKind == JsonValueKind.Object
            && payload.TryGetProperty("event", out JsonElement type)
            && type.ValueKind == JsonValueKind.String
            && _types.Contains(type.GetString());

    private static string Kind(TopicKind kind) =>
        kind == TopicKind.Events ? "event" : ContractName.Of(kind);

    private static IEnumerable<string> Filters(Topics topics, TopicKind kind, string agent) =>
        kind switch
        {
            TopicKind.Events => [topics.Events(agent, "+")],
            TopicKind.Detections => [topics.Detections(agent, "+")],
            TopicKind.Status => [topics.Status(agent)],
            TopicKind.CameraStatus => [topics.CameraStatus(agent, "+")],
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "cannot be tailed"),
        };
}

using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using AsffEdge.Fleet.Connection;
using AsffEdge.Messaging;
using MQTTnet;

namespace AsffEdge.Fleet.Requests;

/// <summary>
/// One command on its way to one agent or to a group, and the answers to it. Where to answer and what to give back stand in the
/// message's properties and in its body: an agent that speaks MQTT 3.1.1 at the same broker is not given the properties.
/// </summary>
internal sealed class CommandCall
{
    private readonly FleetConnection _connection;
    private readonly TimeProvider _time;
    private readonly string _correlation;
    private readonly Channel<CommandReply> _replies = Channel.CreateUnbounded<CommandReply>();

    /// <summary>A call over <paramref name="connection"/>.</summary>
    public CommandCall(FleetConnection connection, TimeProvider time)
    {
        _connection = connection;
        _time = time;
        _correlation = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
    }

    /// <summary>Sends a command to one agent; gives its answers until the last, or one that says that none came.</summary>
    /// <exception cref="FleetException">The broker refuses it.</exception>
    public async IAsyncEnumerable<AnswerLine> SendAsync(
        string agent,
        string command,
        JsonObject body,
        TimeSpan within,
        [EnumeratorCancellation] CancellationToken ct
    )
    {
        Topics topics = _connection.Topics;
        string answers = topics.Reply(agent, _connection.ClientId);
        await ListenAsync(answers, ct).ConfigureAwait(false);
        await PublishAsync(topics.Command(agent, command), body, answers, within, ct)
            .ConfigureAwait(false);
        await foreach (AnswerLine line in CollectAsync([agent], within, ct).ConfigureAwait(false))
        {
            yield return line;
        }
    }

    /// <summary>Sends a command to each of some agents; gives all answers, and a line for each agent of which the last is missing.</summary>
    /// <exception cref="FleetException">The broker refuses it.</exception>
    public async IAsyncEnumerable<AnswerLine> SendToEachAsync(
        IReadOnlyCollection<string> agents,
        string command,
        JsonObject body,
        TimeSpan within,
        [EnumeratorCancellation] CancellationToken ct
    )
    {
        Topics topics = _connection.Topics;
        await ListenAsync(topics.Reply("+", _connection.ClientId), ct).ConfigureAwait(false);
        await Task.WhenAll(
                agents.Select(agent =>
                    PublishAsync(
                        topics.Command(agent, command),
                        body,
                        topics.Reply(agent, _connection.ClientId),
                        within,
                        ct
                    )
                )
            )
            .ConfigureAwait(false);
        await foreach (AnswerLine line in CollectAsync(agents, within, ct).ConfigureAwait(false))
        {
            yield return line;
        }
    }

    /// <summary>
    /// Sends a command to a group; gives all answers, and a line for each of <paramref name="expected"/> of which the last is missing. An
    /// agent takes no response topic but its own, so that a group's answers go to where agents answer by default.
    /// </summary>
    /// <exception cref="FleetException">The broker refuses it.</exception>
    public async IAsyncEnumerable<AnswerLine> SendToGroupAsync(
        string group,
        IReadOnlyCollection<string> expected,
        string command,
        JsonObject body,
        TimeSpan within,
        [EnumeratorCancellation] CancellationToken ct
    )
    {
        Topics topics = _connection.Topics;
        await ListenAsync(topics.Reply("+", Topics.DefaultReplier), ct).ConfigureAwait(false);
        await PublishAsync(topics.GroupCommand(group, command), body, null, within, ct)
            .ConfigureAwait(false);
        await foreach (AnswerLine line in CollectAsync(expected, within, ct).ConfigureAwait(false))
        {
            yield return line;
        }
    }

    private async Task ListenAsync(string filter, CancellationToken ct)
    {
        _connection.Received += Take;
        await _connection.SubscribeAsync([filter], ct).ConfigureAwait(false);
    }

    private void Take(MqttApplicationMessage message)
    {
        bool isReply =
            _connection.Topics.TryParse(message.Topic, out ParsedTopic topic)
            && topic.Kind == TopicKind.Reply;
        if (!isReply || message.Payload.IsEmpty)
        {
            return;
        }

        try
        {
            Utf8JsonReader reader = new(message.Payload);
            CommandReply? reply = JsonSerializer.Deserialize(
                ref reader,
                MessageJson.Wire.CommandReply
            );
            bool isOurs =
                reply?.CorrelationId == _correlation
                || message.CorrelationData is { } bytes
                    && Encoding.UTF8.GetString(bytes) == _correlation;
            if (reply is not null && isOurs)
            {
                // Who answers is who may write there, whatever the answer says.
                _replies.Writer.TryWrite(reply with { Agent = topic.Agent });
            }
        }
        catch (JsonException)
        {
            // Somebody else's, or an answer that is none: the one waited for is then missing, which is said.
        }
    }

    private Task PublishAsync(
        string topic,
        JsonObject body,
        string? answers,
        TimeSpan within,
        CancellationToken ct
    )
    {
        JsonObject document = (JsonObject)body.DeepClone();
        document["correlation_id"] = _correlation;
        if (answers is not null)
        {
            document["response_topic"] = answers;
        }

        MqttApplicationMessage message = new() { Topic = topic };
        if (_connection.IsVersion5)
        {
            message.ResponseTopic = answers;
            message.CorrelationData = Encoding.UTF8.GetBytes(_correlation);
            message.ContentType = "application/json";

            // Nobody waits for what comes later, and nobody would expect it then.
            message.MessageExpiryInterval = (uint)Math.Ceiling(within.TotalSeconds);
        }
        else if (!document.ContainsKey("issued"))
        {
            document["issued"] = _time
                .GetUtcNow()
                .UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        }

        message.PayloadSegment = Encoding.UTF8.GetBytes(document.ToJsonString());
        return _connection.PublishAsync(message, ct);
    }

    private async IAsyncEnumerable<AnswerLine> CollectAsync(
        IReadOnlyCollection<string> expected,
        TimeSpan within,
        [EnumeratorCancellation] CancellationToken ct
    )
    {
        SortedSet<string> missing = new(expected, StringComparer.Ordinal);
        using CancellationTokenSource deadline = new(within, _time);
        using CancellationTokenSource ending = CancellationTokenSource.CreateLinkedTokenSource(
            deadline.Token,
            ct
        );
        while (missing.Count > 0)
        {
            CommandReply reply;
            try
            {
                reply = await _replies.Reader.ReadAsync(ending.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested)
            {
                break;
            }

            AnswerLine line = AnswerLine.Of(reply);
            if (line.IsLast())
            {
                missing.Remove(line.Agent);
            }

            yield return line;
        }

        foreach (string agent in missing)
        {
            yield return AnswerLine.Missing(agent, within);
        }
    }
}

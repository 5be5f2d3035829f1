using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AsffEdge.Control.Broker;
using AsffEdge.Messaging;
using Microsoft.Extensions.Logging;
using MQTTnet;
using MQTTnet.Protocol;

namespace AsffEdge.Control.Profiles;

/// <summary>
/// Takes commands and answers them. Whoever may write to the agent's topics can send one, so the sender decides nothing but what is asked:
/// answers stay below the agent's own <c>replies/</c>, and old, retained and repeated commands are not carried out.
/// </summary>
public sealed partial class CommandDesk(
    string agent,
    Topics topics,
    ProfileController controller,
    FirstFrameWatch frames,
    Func<MqttApplicationMessage, CancellationToken, ValueTask<bool>> publish,
    TimeProvider time,
    ILogger<CommandDesk> logger
)
{
    private const string ProfileSet = "profile.set";
    private const string DefaultReplier = "default";
    private static readonly string[] Known = [ProfileSet];
    private static readonly TimeSpan OldestIssued = TimeSpan.FromSeconds(300);
    private static readonly TimeSpan FirstFrameWithin = TimeSpan.FromSeconds(10);

    private readonly AnswerMemory _memory = new(time);

    /// <summary>Carries out the command <paramref name="name"/> or refuses it; answers either. Completes before the first frame after a switch.</summary>
    public async Task HandleAsync(string name, InboundMessage message, CancellationToken ct)
    {
        Conversation conversation = new(message, null, null);
        if (name != ProfileSet)
        {
            string detail = $"'{name}' is no command of this agent{NearestName.Hint(name, Known)}";
            Log.Refused(logger, message.Topic, detail);
            await AnswerAsync(conversation, Failed(ResultCode.UnknownCommand, null, detail), ct)
                .ConfigureAwait(false);
            return;
        }

        try
        {
            ProfileSetCommand command = CommandReader.ReadProfileSet(message.Payload);
            conversation = new Conversation(message, command.ResponseTopic, command.CorrelationId);
            await CarryOutAsync(command.Document, conversation, ct).ConfigureAwait(false);
        }
        catch (DocumentRejectedException rejection)
        {
            conversation = new Conversation(
                message,
                rejection.ResponseTopic,
                rejection.CorrelationId
            );
            controller.Reject(rejection);
            await AnswerAsync(
                    conversation,
                    Failed(rejection.Code, rejection.Rev, rejection.Message),
                    ct
                )
                .ConfigureAwait(false);
        }
    }

    private async Task CarryOutAsync(
        DesiredDocument document,
        Conversation conversation,
        CancellationToken ct
    )
    {
        if (conversation.Correlation is { } correlation && _memory.Find(correlation) is { } earlier)
        {
            await AnswerAsync(conversation, earlier, ct).ConfigureAwait(false);
            return;
        }

        if (WhyTooLate(document, conversation.Request) is { } late)
        {
            Log.Refused(logger, conversation.Request.Topic, late);
            await AnswerAsync(conversation, Failed(ResultCode.Expired, document.Rev, late), ct)
                .ConfigureAwait(false);
            return;
        }

        Task? inferred = null;
        try
        {
            await controller
                .ApplyAsync(
                    document,
                    redelivered: false,
                    async () =>
                    {
                        inferred = frames.Expect(document.Rev);
                        CommandReply accepted = new(ReplyState.Accepted, ResultCode.Ok, agent)
                        {
                            Rev = document.Rev,
                        };
                        await AnswerAsync(conversation, accepted, ct).ConfigureAwait(false);
                    }
                )
                .ConfigureAwait(false);
        }
        catch (DocumentRejectedException rejection)
        {
            await AnswerAsync(
                    conversation,
                    Failed(rejection.Code, document.Rev, rejection.Message),
                    ct
                )
                .ConfigureAwait(false);
            return;
        }

        // Not awaited: the next document must not wait for a camera that gives no frames.
        _ = FinishAsync(document.Rev, conversation, inferred!, ct);
    }

    private async Task FinishAsync(
        long revision,
        Conversation conversation,
        Task inferred,
        CancellationToken ct
    )
    {
        CommandReply done = new(ReplyState.Done, ResultCode.Ok, agent) { Rev = revision };
        try
        {
            await inferred.WaitAsync(FirstFrameWithin, time, ct).ConfigureAwait(false);
            done = done with
            {
                TookMs = (long)time.GetElapsedTime(conversation.Request.Received).TotalMilliseconds,
            };
        }
        catch (TimeoutException)
        {
            done = done with
            {
                Detail =
                    $"in force, but no frame has been inferred in {FirstFrameWithin.TotalSeconds} s",
            };
        }
        catch (OperationCanceledException)
        {
            return;
        }

        await AnswerAsync(conversation, done, ct).ConfigureAwait(false);
    }

    private string? WhyTooLate(DesiredDocument document, InboundMessage message)
    {
        if (message.Retained)
        {
            return "it is retained; commands are carried out once, when they are sent";
        }

        if (message.Lifetime is { } lifetime && time.GetElapsedTime(message.Received) > lifetime)
        {
            return "its message expiry has passed";
        }

        TimeSpan? age = time.GetUtcNow().UtcDateTime - document.Issued;
        return age > OldestIssued
            ? $"it was issued {age.Value.TotalSeconds:F0} s ago; allowed: at most {OldestIssued.TotalSeconds} s"
            : null;
    }

    private CommandReply Failed(ResultCode code, long? revision, string detail) =>
        new(ReplyState.Failed, code, agent) { Rev = revision, Detail = detail };

    private async ValueTask AnswerAsync(
        Conversation conversation,
        CommandReply reply,
        CancellationToken ct
    )
    {
        reply = reply with { CorrelationId = conversation.JsonCorrelation };
        if (conversation.Correlation is { } correlation)
        {
            _memory.Remember(correlation, reply);
        }

        MqttApplicationMessage answer = new()
        {
            Topic = ReplyTopic(conversation),
            PayloadSegment = JsonSerializer.SerializeToUtf8Bytes(
                reply,
                MessageJson.Wire.CommandReply
            ),
            QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce,
            CorrelationData = conversation.Request.CorrelationData,
        };
        await publish(answer, ct).ConfigureAwait(false);
    }

    private string ReplyTopic(Conversation conversation)
    {
        if (conversation.ResponseTopic is not { } asked)
        {
            return topics.Reply(agent, DefaultReplier);
        }

        if (topics.IsReplyOf(agent, asked))
        {
            return asked;
        }

        Log.ForeignReplyTopic(logger, asked, topics.Reply(agent, DefaultReplier));
        return topics.Reply(agent, DefaultReplier);
    }

    /// <summary>A request and where and how its answers go: what MQTT 5 says wins over what is in the JSON.</summary>
    private sealed record Conversation(
        InboundMessage Request,
        string? JsonResponseTopic,
        string? JsonCorrelation
    )
    {
        public string? ResponseTopic => Request.ResponseTopic ?? JsonResponseTopic;

        /// <summary>The correlation id, hashed because a sender may make it 64 kB long; null when there is none.</summary>
        public string? Correlation { get; } =
            (
                Request.CorrelationData
                ?? (JsonCorrelation is null ? null : Encoding.UTF8.GetBytes(JsonCorrelation))
            )
                is { } bytes
                ? Convert.ToHexString(SHA256.HashData(bytes))
                : null;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "The command on {Topic} is refused: {Reason}")]
        public static partial void Refused(ILogger logger, string topic, string reason);

        [LoggerMessage(
            LogLevel.Warning,
            "A command asks for answers on '{Asked}', which is not below this agent's replies; they go to {Used}"
        )]
        public static partial void ForeignReplyTopic(ILogger logger, string asked, string used);
    }
}

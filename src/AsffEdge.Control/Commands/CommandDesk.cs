using System.Text.Json;
using AsffEdge.Control.Broker;
using AsffEdge.Messaging;
using Microsoft.Extensions.Logging;
using MQTTnet;
using MQTTnet.Protocol;

namespace AsffEdge.Control.Commands;

/// <summary>
/// Takes commands and answers them. Whoever may write to the agent's topics can send one, so the sender decides nothing but what is asked:
/// answers stay below the agent's own <c>replies/</c>, and old, retained and repeated commands are not carried out.
/// </summary>
public sealed partial class CommandDesk(
    string agent,
    Topics topics,
    IReadOnlyList<ICommandHandler> handlers,
    Func<MqttApplicationMessage, CancellationToken, ValueTask<bool>> publish,
    TimeProvider time,
    ILogger<CommandDesk> logger
)
{
    private const int LongestShown = 64;
    private static readonly TimeSpan OldestIssued = TimeSpan.FromSeconds(300);

    private readonly AnswerMemory _memory = new(time);

    /// <summary>
    /// Carries out the command <paramref name="name"/> or refuses it; answers either. Completes when the next message may be handled, which
    /// may be before the command is done.
    /// </summary>
    /// <param name="name">The command.</param>
    /// <param name="group">The group it was sent to; null: this agent alone.</param>
    /// <param name="message">How it came.</param>
    /// <param name="ct">Ends the waiting, without an answer.</param>
    public async Task HandleAsync(
        string name,
        string? group,
        InboundMessage message,
        CancellationToken ct
    )
    {
        CommandExchange exchange = new(agent, message, group, AnswerAsync);
        if (handlers.FirstOrDefault(handler => handler.Name == name) is not { } handler)
        {
            string shown = name.Length <= LongestShown ? name : name[..LongestShown] + "…";
            string[] known = [.. handlers.Select(handler => handler.Name)];
            await RefuseAsync(
                    exchange,
                    ResultCode.UnknownCommand,
                    $"'{shown}' is no command of this agent{NearestName.Hint(name, known)}",
                    ct
                )
                .ConfigureAwait(false);
            return;
        }

        if (await ReadAsync(handler, exchange, ct).ConfigureAwait(false) is not { } command)
        {
            return;
        }

        if (exchange.Correlation is { } correlation && _memory.Find(correlation) is { } earlier)
        {
            await AnswerAsync(exchange, earlier, ct).ConfigureAwait(false);
        }
        else if (WhyTooLate(command.Issued, message) is { } late)
        {
            await RefuseAsync(exchange, ResultCode.Expired, late, ct).ConfigureAwait(false);
        }
        else
        {
            await CarryOutAsync(handler, command, exchange, ct).ConfigureAwait(false);
        }
    }

    private async Task<CommandDocument?> ReadAsync(
        ICommandHandler handler,
        CommandExchange exchange,
        CancellationToken ct
    )
    {
        try
        {
            CommandDocument command = handler.Read(exchange.Request.Payload);
            exchange.Add(command.ResponseTopic, command.CorrelationId, command.Revision);
            return command;
        }
        catch (DocumentRejectedException rejection)
        {
            exchange.Add(rejection.ResponseTopic, rejection.CorrelationId, rejection.Rev);
            if (WhyTooLate(null, exchange.Request) is { } late)
            {
                await RefuseAsync(exchange, ResultCode.Expired, late, ct).ConfigureAwait(false);
                return null;
            }

            handler.OnUnreadable(rejection, exchange.Group);
            await RefuseAsync(exchange, rejection.Code, rejection.Message, ct)
                .ConfigureAwait(false);
            return null;
        }
    }

    private async Task CarryOutAsync(
        ICommandHandler handler,
        CommandDocument command,
        CommandExchange exchange,
        CancellationToken ct
    )
    {
        try
        {
            Task<string?> done = await handler
                .BeginAsync(command, exchange, ct)
                .ConfigureAwait(false);

            // Not awaited: the next message must not wait for a camera that gives no frames.
            _ = FinishAsync(done, exchange, ct);
        }
        catch (DocumentRejectedException rejection)
        {
            await RefuseAsync(exchange, rejection.Code, rejection.Message, ct)
                .ConfigureAwait(false);
        }
    }

    private async Task FinishAsync(
        Task<string?> done,
        CommandExchange exchange,
        CancellationToken ct
    )
    {
        try
        {
            string? detail = await done.ConfigureAwait(false);
            long? tookMs = detail is null
                ? (long)time.GetElapsedTime(exchange.Request.Received).TotalMilliseconds
                : null;
            await exchange
                .AnswerAsync(ReplyState.Done, ResultCode.Ok, ct, detail, tookMs)
                .ConfigureAwait(false);
        }
        catch (DocumentRejectedException rejection)
        {
            await RefuseAsync(exchange, rejection.Code, rejection.Message, ct)
                .ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // The agent stops; whoever waits learns it from the agent's status.
        }
        // Nobody awaits this, so a fault of a handler would be lost, and the sender would wait for ever.
        catch (Exception error)
        {
            Log.Failed(logger, exchange.Request.Topic, error);
            await exchange
                .AnswerAsync(ReplyState.Failed, ResultCode.Failed, ct, error.Message)
                .ConfigureAwait(false);
        }
    }

    private string? WhyTooLate(DateTime? issued, InboundMessage message)
    {
        if (message.Retained)
        {
            return "it is retained; commands are carried out once, when they are sent";
        }

        if (message.Lifetime is { } lifetime && time.GetElapsedTime(message.Received) > lifetime)
        {
            return "its message expiry has passed";
        }

        TimeSpan? age = time.GetUtcNow().UtcDateTime - issued;
        return age > OldestIssued
            ? $"it was issued {age.Value.TotalSeconds:F0} s ago; allowed: at most {OldestIssued.TotalSeconds} s"
            : null;
    }

    private ValueTask RefuseAsync(
        CommandExchange exchange,
        ResultCode code,
        string detail,
        CancellationToken ct
    )
    {
        Log.Refused(logger, exchange.Request.Topic, detail);
        return exchange.AnswerAsync(ReplyState.Failed, code, ct, detail);
    }

    private async ValueTask AnswerAsync(
        CommandExchange exchange,
        CommandReply reply,
        CancellationToken ct
    )
    {
        reply = reply with { CorrelationId = exchange.JsonCorrelation };
        if (exchange.Correlation is { } correlation)
        {
            _memory.Remember(correlation, reply);
        }

        MqttApplicationMessage answer = new()
        {
            Topic = ReplyTopic(exchange),
            PayloadSegment = JsonSerializer.SerializeToUtf8Bytes(
                reply,
                MessageJson.Wire.CommandReply
            ),
            QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce,
            CorrelationData = exchange.Request.CorrelationData,
        };
        await publish(answer, ct).ConfigureAwait(false);
    }

    private string ReplyTopic(CommandExchange exchange)
    {
        string fallback = topics.Reply(agent, Topics.DefaultReplier);
        if (exchange.ResponseTopic is not { } asked)
        {
            return fallback;
        }

        if (topics.IsReplyOf(agent, asked))
        {
            return asked;
        }

        // What is sent to a group can name one member's topic at most: the others have nothing to warn of.
        if (exchange.Group is null)
        {
            Log.ForeignReplyTopic(logger, asked, fallback);
        }

        return fallback;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "The command on {Topic} is refused: {Reason}")]
        public static partial void Refused(ILogger logger, string topic, string reason);

        [LoggerMessage(LogLevel.Error, "The command on {Topic} failed")]
        public static partial void Failed(ILogger logger, string topic, Exception error);

        [LoggerMessage(
            LogLevel.Warning,
            "A command asks for answers on '{Asked}', which is not below this agent's replies; they go to {Used}"
        )]
        public static partial void ForeignReplyTopic(ILogger logger, string asked, string used);
    }
}

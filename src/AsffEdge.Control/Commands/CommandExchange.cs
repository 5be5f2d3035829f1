using System.Security.Cryptography;
using System.Text;
using AsffEdge.Control.Broker;
using AsffEdge.Messaging;

namespace AsffEdge.Control.Commands;

/// <summary>One command on its way: the request, and where and how its answers go.</summary>
public sealed class CommandExchange
{
    private readonly Func<CommandExchange, CommandReply, CancellationToken, ValueTask> _answer;
    private readonly string _agent;

    internal CommandExchange(
        string agent,
        InboundMessage request,
        string? group,
        Func<CommandExchange, CommandReply, CancellationToken, ValueTask> answer
    )
    {
        _agent = agent;
        _answer = answer;
        Request = request;
        Group = group;
        Correlation = Hash(request.CorrelationData);
        ResponseTopic = request.ResponseTopic;
    }

    /// <summary>The message it came with.</summary>
    public InboundMessage Request { get; }

    /// <summary>The group it was sent to; null: this agent alone.</summary>
    public string? Group { get; }

    /// <summary>What its last answer says of footage, where it is done; null: nothing.</summary>
    public FootageAnswer? Footage { get; set; }

    /// <summary>The revision it carries, for its answers; null: none.</summary>
    internal long? Revision { get; private set; }

    /// <summary>Where the sender wants answers, not trusted; null: nowhere in particular.</summary>
    internal string? ResponseTopic { get; private set; }

    /// <summary>The correlation id, hashed because a sender may make it 64 kB long; null when there is none.</summary>
    internal string? Correlation { get; private set; }

    /// <summary>The correlation id to give back in the JSON; null: none.</summary>
    internal string? JsonCorrelation { get; private set; }

    /// <summary>Answers that the command was found good and that another answer follows.</summary>
    public ValueTask AcceptAsync(CancellationToken ct) =>
        AnswerAsync(ReplyState.Accepted, ResultCode.Ok, ct);

    /// <summary>Takes what the JSON says for MQTT 3.1.1; what MQTT 5 says wins.</summary>
    internal void Add(string? responseTopic, string? correlationId, long? revision)
    {
        ResponseTopic ??= responseTopic;
        Correlation ??= correlationId is null ? null : Hash(Encoding.UTF8.GetBytes(correlationId));
        JsonCorrelation = correlationId;
        Revision = revision;
    }

    internal ValueTask AnswerAsync(
        ReplyState state,
        ResultCode code,
        CancellationToken ct,
        string? detail = null,
        long? tookMs = null
    )
    {
        CommandReply reply = new(state, code, _agent)
        {
            Rev = Revision,
            TookMs = tookMs,
            Detail = detail,
            Footage = state == ReplyState.Done ? Footage : null,
        };
        return _answer(this, reply, ct);
    }

    private static string? Hash(byte[]? bytes) =>
        bytes is null ? null : Convert.ToHexString(SHA256.HashData(bytes));
}

namespace AsffEdge.Messaging;

/// <summary>A document or command that came over the network is refused; the message says what is wrong with it and what is allowed.</summary>
public sealed class DocumentRejectedException : Exception
{
    /// <summary>A refusal.</summary>
    public DocumentRejectedException(ResultCode code, string detail)
        : base(detail)
    {
        Code = code;
    }

    /// <summary>Why, for programs.</summary>
    public ResultCode Code { get; }

    /// <summary>The document's <c>rev</c>; null when it has none that can be read.</summary>
    public long? Rev { get; init; }

    /// <summary>The command's <c>correlation_id</c> (MQTT 3.1.1); null when it has none that can be read.</summary>
    public string? CorrelationId { get; init; }

    /// <summary>The command's <c>response_topic</c> (MQTT 3.1.1), not trusted; null when it has none that can be read.</summary>
    public string? ResponseTopic { get; init; }
}

namespace AsffEdge.Control.Broker;

/// <summary>A message that came from the broker, from whoever may write to the agent's topics.</summary>
/// <param name="Topic">Where it was published.</param>
/// <param name="Payload">Its bytes, of any length.</param>
/// <param name="Retained">Whether it was published to be retained, or is being repeated because it was.</param>
/// <param name="ResponseTopic">Where the sender wants answers, not trusted; null: nowhere in particular.</param>
/// <param name="CorrelationData">What the sender wants back with each answer; null: nothing.</param>
/// <param name="Received">Reading of the monotonic clock at its arrival.</param>
/// <param name="Lifetime">How long it is valid from its arrival; null: as long as one likes.</param>
public sealed record InboundMessage(
    string Topic,
    byte[] Payload,
    bool Retained,
    string? ResponseTopic,
    byte[]? CorrelationData,
    long Received,
    TimeSpan? Lifetime
);

namespace AsffEdge.Messaging;

/// <summary>The command <c>profile.set</c>: a desired document that is answered.</summary>
/// <param name="Document">What to apply.</param>
/// <param name="ResponseTopic">MQTT 3.1.1 only: where to answer. Not trusted, see <see cref="Topics.IsReplyOf"/>.</param>
/// <param name="CorrelationId">MQTT 3.1.1 only: to give back with every answer.</param>
public sealed record ProfileSetCommand(
    DesiredDocument Document,
    string? ResponseTopic,
    string? CorrelationId
);

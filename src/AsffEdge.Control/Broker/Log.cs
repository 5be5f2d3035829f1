using Microsoft.Extensions.Logging;
using MQTTnet;

namespace AsffEdge.Control.Broker;

/// <summary>What publishing logs.</summary>
internal static partial class Log
{
    [LoggerMessage(LogLevel.Information, "Connected to the broker {Host}:{Port} as {Agent}")]
    public static partial void Connected(ILogger logger, string host, int port, string agent);

    [LoggerMessage(
        LogLevel.Warning,
        "Broker {Host}:{Port}: {Reason}; next attempt in {Seconds:0.#} s, detection goes on"
    )]
    public static partial void Broken(
        ILogger logger,
        string host,
        int port,
        string reason,
        double seconds
    );

    [LoggerMessage(
        LogLevel.Warning,
        "The broker does not let this agent subscribe to {Topic}: {Code}"
    )]
    public static partial void NotSubscribed(
        ILogger logger,
        string topic,
        MqttClientSubscribeResultCode code
    );

    [LoggerMessage(LogLevel.Warning, "The broker refuses a message on {Topic}: {Code} {Reason}")]
    public static partial void Refused(
        ILogger logger,
        string topic,
        MqttClientPublishReasonCode code,
        string? reason
    );

    [LoggerMessage(
        LogLevel.Warning,
        "A message on {Topic} is not published (too_large): its packet has {Bytes} bytes, and the broker takes at most {Largest}"
    )]
    public static partial void TooLarge(ILogger logger, string topic, long bytes, long largest);

    [LoggerMessage(
        LogLevel.Warning,
        "The broker keeps no retained messages: who connects later does not see the agent's status, what it reported and what its cameras are until they change"
    )]
    public static partial void NothingRetained(ILogger logger);

    [LoggerMessage(
        LogLevel.Warning,
        "The broker takes quality of service 0 only: it acknowledges nothing, so events are sent once and may be lost on the way"
    )]
    public static partial void NothingAcknowledged(ILogger logger);

    [LoggerMessage(
        LogLevel.Warning,
        "The broker ended the connection over a packet that was too large: from now on nothing of {Bytes} bytes or more is sent"
    )]
    public static partial void SmallerPackets(ILogger logger, long bytes);

    [LoggerMessage(LogLevel.Debug, "A message on {Topic} was not published: {Reason}")]
    public static partial void NotPublished(ILogger logger, string topic, string reason);

    [LoggerMessage(
        LogLevel.Warning,
        "A message on {Topic} was dropped: too many are waiting already"
    )]
    public static partial void InboxFull(ILogger logger, string topic);

    [LoggerMessage(LogLevel.Information, "Broker {Host}:{Port}: left without goodbye: {Reason}")]
    public static partial void NoGoodbye(ILogger logger, string host, int port, string reason);
}

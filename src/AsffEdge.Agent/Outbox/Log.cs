using Microsoft.Extensions.Logging;

namespace AsffEdge.Agent.Outbox;

internal static partial class Log
{
    [LoggerMessage(
        LogLevel.Error,
        "{Path} cannot be used ({Reason}); it is now {Aside}, with {Messages} messages as far as known, and a new one is begun"
    )]
    public static partial void SetAside(
        ILogger logger,
        string path,
        string reason,
        string aside,
        long messages
    );

    [LoggerMessage(
        LogLevel.Error,
        "{Path} cannot be written, so messages are kept in memory until it can: {Reason}"
    )]
    public static partial void Failed(ILogger logger, string path, string reason);

    [LoggerMessage(
        LogLevel.Warning,
        "{Path} was removed by somebody; it is there again, with its {Messages} messages"
    )]
    public static partial void Restored(ILogger logger, string path, long messages);

    [LoggerMessage(LogLevel.Information, "{Path} can be written again")]
    public static partial void Recovered(ILogger logger, string path);

    [LoggerMessage(
        LogLevel.Warning,
        "The outbox or its disk is full, or its oldest messages are too old or damaged: {Count} dropped since the start"
    )]
    public static partial void Dropped(ILogger logger, long count);

    [LoggerMessage(
        LogLevel.Error,
        "The broker takes others but not message {Id} of the outbox, which was dropped"
    )]
    public static partial void Refused(ILogger logger, long id);

    [LoggerMessage(LogLevel.Error, "Message {Id} of the outbox is damaged and was dropped")]
    public static partial void DamagedMessage(ILogger logger, long id);
}

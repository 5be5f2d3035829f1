using Microsoft.Extensions.Logging;

namespace AsffEdge.Agent.Footage;

internal static partial class Log
{
    [LoggerMessage(
        LogLevel.Information,
        "{Path} holds {Pictures} pictures of footage, {Megabytes:F0} MiB"
    )]
    public static partial void Opened(ILogger logger, string path, int pictures, double megabytes);

    [LoggerMessage(
        LogLevel.Warning,
        "{Files} files that were not finished when the agent ended were removed from {Path}"
    )]
    public static partial void ClearedUp(ILogger logger, int files, string path);

    [LoggerMessage(LogLevel.Error, "No footage is kept until that is mended: {Problem}")]
    public static partial void Stopped(ILogger logger, string problem);

    [LoggerMessage(LogLevel.Error, "No footage is kept until the agent is restarted")]
    public static partial void Ended(ILogger logger, Exception error);

    [LoggerMessage(LogLevel.Information, "Footage is kept again")]
    public static partial void Recovered(ILogger logger);

    [LoggerMessage(
        LogLevel.Information,
        "The day's {Megabytes} MiB of footage (footage.budget.mb_per_day) are spent; more is kept from 00:00 UTC on"
    )]
    public static partial void DayIsFull(ILogger logger, int megabytes);

    [LoggerMessage(
        LogLevel.Error,
        "A frame could not be kept as footage; {Count} frames since the start"
    )]
    public static partial void FrameFailed(ILogger logger, long count, Exception error);
}

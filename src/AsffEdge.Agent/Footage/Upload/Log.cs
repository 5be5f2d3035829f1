using Microsoft.Extensions.Logging;

namespace AsffEdge.Agent.Footage.Upload;

internal static partial class Log
{
    [LoggerMessage(
        LogLevel.Information,
        "Footage was sent: {Name} with {Pictures} pictures, {Megabytes:F1} MiB; they are no longer on the device"
    )]
    public static partial void Sent(ILogger logger, string name, int pictures, double megabytes);

    [LoggerMessage(
        LogLevel.Warning,
        "Footage could not be sent and stays on the device: {Problem}. Tried again in {Seconds:F0} s and from then on"
    )]
    public static partial void Failed(ILogger logger, string problem, double seconds);

    [LoggerMessage(LogLevel.Error, "Footage could not be sent and stays on the device")]
    public static partial void Unexpected(ILogger logger, Exception error);
}

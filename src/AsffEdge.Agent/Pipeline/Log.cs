using Microsoft.Extensions.Logging;

namespace AsffEdge.Agent.Pipeline;

internal static partial class Log
{
    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "Camera {Camera}: inference failed ({Count} frames so far)"
    )]
    public static partial void InferenceFailed(
        ILogger logger,
        string camera,
        long count,
        Exception error
    );

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "The sink {Sink} failed to take a result ({Count} failures of sinks so far)"
    )]
    public static partial void SinkFailed(ILogger logger, string sink, long count, Exception error);

    [LoggerMessage(Level = LogLevel.Critical, Message = "The inference thread has ended")]
    public static partial void InferenceStopped(ILogger logger, Exception error);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "The {Thread} thread did not end in time; a native call holds it"
    )]
    public static partial void ThreadHeld(ILogger logger, string thread);
}

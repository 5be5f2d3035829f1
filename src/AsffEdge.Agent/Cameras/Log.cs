using Microsoft.Extensions.Logging;

namespace AsffEdge.Agent.Cameras;

internal static partial class Log
{
    [LoggerMessage(Message = "Camera {Camera} is {State} ({Reason}) {Detail}")]
    public static partial void StateChanged(
        ILogger logger,
        LogLevel level,
        string camera,
        CameraState state,
        string reason,
        string detail
    );

    [LoggerMessage(
        Level = LogLevel.Debug,
        Message = "Camera {Camera} is tried again in {Seconds:0.0} s"
    )]
    public static partial void Retry(ILogger logger, string camera, double seconds);

    [LoggerMessage(Level = LogLevel.Error, Message = "Camera {Camera} failed in an unexpected way")]
    public static partial void UnexpectedFailure(ILogger logger, string camera, Exception error);

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "Camera {Camera}: the status sink {Sink} failed"
    )]
    public static partial void StatusSinkFailed(
        ILogger logger,
        string camera,
        string sink,
        Exception error
    );
}

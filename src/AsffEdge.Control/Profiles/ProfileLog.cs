using AsffEdge.Messaging;
using Microsoft.Extensions.Logging;

namespace AsffEdge.Control.Profiles;

/// <summary>What the change of profiles logs.</summary>
internal static partial class ProfileLog
{
    [LoggerMessage(
        LogLevel.Information,
        "Camera {Camera} runs profile {Profile} at {Size} (rev {Revision})"
    )]
    public static partial void Switched(
        ILogger logger,
        string camera,
        string profile,
        int size,
        long revision
    );

    [LoggerMessage(LogLevel.Information, "The document of {Source}, rev {Revision}, has settled")]
    public static partial void Settled(ILogger logger, string source, long revision);

    [LoggerMessage(
        LogLevel.Error,
        "The document of {Source}, rev {Revision}, has failed ({Code}): {Reason}"
    )]
    public static partial void Failed(
        ILogger logger,
        string source,
        long revision,
        ResultCode code,
        string reason
    );

    [LoggerMessage(LogLevel.Error, "Nothing it could be rolled back to can be run: {Reason}")]
    public static partial void NotRolledBack(ILogger logger, string reason);

    [LoggerMessage(
        LogLevel.Warning,
        "The document of {Source}, rev {Revision}, is refused ({Code}): {Reason}"
    )]
    public static partial void Rejected(
        ILogger logger,
        string source,
        long? revision,
        ResultCode code,
        string reason
    );

    [LoggerMessage(
        LogLevel.Warning,
        "The stored document of {Source}, rev {Revision}, no longer fits and asks for nothing: {Reason}"
    )]
    public static partial void NotRestored(
        ILogger logger,
        string source,
        long revision,
        string reason
    );
}

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

    [LoggerMessage(
        LogLevel.Warning,
        "Desired document rev {Revision} is refused ({Code}): {Reason}"
    )]
    public static partial void Rejected(
        ILogger logger,
        long? revision,
        ResultCode code,
        string reason
    );

    [LoggerMessage(
        LogLevel.Warning,
        "The stored desired document rev {Revision} no longer fits, so the local configuration holds: {Reason}"
    )]
    public static partial void NotRestored(ILogger logger, long revision, string reason);
}

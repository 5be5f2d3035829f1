using System.Diagnostics;
using AsffEdge.Messaging;

namespace AsffEdge.Agent.Health;

/// <summary>What an owner can do about a <see cref="HealthCode"/>.</summary>
internal static class HealthAdvice
{
    /// <summary>A sentence.</summary>
    public static string For(HealthCode code) =>
        code switch
        {
            HealthCode.CameraOffline =>
                "Look at the camera's power, network and address; the agent tries it again by itself.",
            HealthCode.CameraError =>
                "Correct the camera's source, user name or password in the configuration, or the camera's own settings; then restart the agent.",
            HealthCode.CameraStalled =>
                "Look at the camera and the network between; the agent opens it again by itself. Restart the camera if that does not help.",
            HealthCode.CameraLate =>
                "The network or the camera is too slow for its stream: lower its bit rate or frame rate, or mend the network.",
            HealthCode.CameraFrozen =>
                "Look at the camera's picture. If something moves that the picture does not show, restart the camera.",
            HealthCode.CameraDamaged =>
                "Packets are lost on the way: use transport tcp, lower the camera's bit rate, or mend the network.",
            HealthCode.BrokerUnreachable =>
                "See the agent's log for why, then look at the broker, the network, and mqtt.* in the configuration. Events wait on disk.",
            HealthCode.OutboxDropping =>
                "The broker was away for too long: bring it back, or raise mqtt.outbox.max_mb and mqtt.outbox.max_age_h.",
            HealthCode.OutboxUnwritable =>
                "Free space on the state directory's disk, or give the agent write access to it; events are kept on disk again by themselves.",
            HealthCode.DiskFloor =>
                "Free space on the state directory's disk, or lower mqtt.outbox.max_mb.",
            HealthCode.FootageStopped =>
                "Fetch the footage by 'asff-edge footage pack', free space on the state directory's disk, or lower footage.budget.max_mb.",
            HealthCode.FootageNotSent =>
                "Look at the server of footage.upload.url and at the network; the agent tries it again by itself. Until then footage.budget holds.",
            HealthCode.InferenceOverdue =>
                "systemd restarts the agent. If it happens again, look at the accelerator's driver, or set model.providers: [cpu].",
            HealthCode.FramesNotInferred =>
                "systemd restarts the agent. If it happens again, use a smaller profile, or set model.providers: [cpu].",
            HealthCode.WorkNotDone =>
                "systemd restarts the agent. If it happens again, keep its log of the minutes before and report it.",
            HealthCode.ProviderFallback =>
                "Look at the accelerator and its driver, then restart the agent; until then it runs slower.",
            HealthCode.InferenceFailing =>
                "See the agent's log for the error. If it came with a new model, put the old file back and send model.reload; else look at the accelerator's driver.",
            HealthCode.ModelFallback =>
                "Put a good file at model.path ('asff-edge model check FILE' tells), then send model.reload or restart the agent.",
            HealthCode.ModelRolledBack =>
                "See the agent's log for the error, put another file at model.path, then send model.reload.",
            HealthCode.ProfileRolledBack =>
                "Ask for a smaller profile or fewer frames a second, or change the document's policy, under a new rev.",
            HealthCode.TemperatureCeiling =>
                "Cool the device: look at its fan, its vents and the sun on it. It goes back by itself.",
            HealthCode.Overloaded =>
                "Lower auto.target_fps, add a smaller profile, or move cameras to another device.",
            _ => throw new UnreachableException($"no advice for {code}"),
        };
}

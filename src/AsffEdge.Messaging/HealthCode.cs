using System.Text.Json.Serialization;

namespace AsffEdge.Messaging;

/// <summary>Why an agent is not as it should be.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<HealthCode>))]
public enum HealthCode
{
    /// <summary>A camera is gone; it is tried again for ever.</summary>
    [JsonStringEnumMemberName("camera_offline")]
    CameraOffline,

    /// <summary>A camera cannot work as configured: password, address, codec.</summary>
    [JsonStringEnumMemberName("camera_error")]
    CameraError,

    /// <summary>A camera is connected but gives no new frame.</summary>
    [JsonStringEnumMemberName("camera_stalled")]
    CameraStalled,

    /// <summary>A camera's frames come long after they were taken.</summary>
    [JsonStringEnumMemberName("camera_late")]
    CameraLate,

    /// <summary>A camera gives the same picture again and again.</summary>
    [JsonStringEnumMemberName("camera_frozen")]
    CameraFrozen,

    /// <summary>A camera's frames come damaged.</summary>
    [JsonStringEnumMemberName("camera_damaged")]
    CameraDamaged,

    /// <summary>There is no connection to the broker. Only seen on the device itself, for want of a way to tell.</summary>
    [JsonStringEnumMemberName("broker_unreachable")]
    BrokerUnreachable,

    /// <summary>Events were lost lately, because the outbox was full, they were too old or its file was damaged.</summary>
    [JsonStringEnumMemberName("outbox_dropping")]
    OutboxDropping,

    /// <summary>The outbox cannot be written; what it should keep is in memory and would be lost with the process.</summary>
    [JsonStringEnumMemberName("outbox_unwritable")]
    OutboxUnwritable,

    /// <summary>The state directory's disk is nearly full.</summary>
    [JsonStringEnumMemberName("disk_floor")]
    DiskFloor,

    /// <summary>No footage is kept, because the disk is nearly full or cannot be written.</summary>
    [JsonStringEnumMemberName("footage_stopped")]
    FootageStopped,

    /// <summary>Footage that is to be sent is refused, or has not got through for an hour. It stays on the device.</summary>
    [JsonStringEnumMemberName("footage_not_sent")]
    FootageNotSent,

    /// <summary>An inference runs for longer than it may.</summary>
    [JsonStringEnumMemberName("inference_overdue")]
    InferenceOverdue,

    /// <summary>Frames come, but none is inferred.</summary>
    [JsonStringEnumMemberName("frames_not_inferred")]
    FramesNotInferred,

    /// <summary>The agent's threads are all held, so that nothing else gets done.</summary>
    [JsonStringEnumMemberName("work_not_done")]
    WorkNotDone,

    /// <summary>An execution provider failed; inference goes on with another one.</summary>
    [JsonStringEnumMemberName("provider_fallback")]
    ProviderFallback,

    /// <summary>The inference of frames fails again and again; they are dropped.</summary>
    [JsonStringEnumMemberName("inference_failing")]
    InferenceFailing,

    /// <summary>The configured model cannot be used; the last good one goes on.</summary>
    [JsonStringEnumMemberName("model_fallback")]
    ModelFallback,

    /// <summary>A model that was loaded while the agent ran did not work and was taken back.</summary>
    [JsonStringEnumMemberName("model_rolled_back")]
    ModelRolledBack,

    /// <summary>A profile that was asked for did not work here and was taken back.</summary>
    [JsonStringEnumMemberName("profile_rolled_back")]
    ProfileRolledBack,

    /// <summary>The machine is so hot that the profile <c>auto</c> is held below what it would be.</summary>
    [JsonStringEnumMemberName("temperature_ceiling")]
    TemperatureCeiling,

    /// <summary>The profile <c>auto</c> is at its smallest, and frame rate or latency still do not hold.</summary>
    [JsonStringEnumMemberName("overloaded")]
    Overloaded,
}

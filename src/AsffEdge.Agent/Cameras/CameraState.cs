namespace AsffEdge.Agent.Cameras;

/// <summary>The states of a camera in the MQTT contract.</summary>
public enum CameraState
{
    /// <summary>Being opened.</summary>
    Connecting,

    /// <summary>New frames arrive.</summary>
    Online,

    /// <summary>Open, but no new frame for too long.</summary>
    Stalled,

    /// <summary>Gone; will be tried again.</summary>
    Offline,

    /// <summary>Switched off by configuration.</summary>
    Disabled,

    /// <summary>Cannot work as configured (no such file, unsupported format); retried slowly.</summary>
    Error,
}

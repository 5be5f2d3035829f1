namespace AsffEdge.Agent.Cameras;

/// <summary>A source cannot be opened or has stopped giving frames. The message is for people and holds no secrets.</summary>
public sealed class CameraException : Exception
{
    /// <summary>Says what state the camera is in now, why (one of <see cref="CameraReason"/>), and what happened.</summary>
    public CameraException(
        CameraState state,
        string reason,
        string message,
        Exception? inner = null
    )
        : base(message, inner)
    {
        State = state;
        Reason = reason;
    }

    /// <summary>The state the camera is in because of it.</summary>
    public CameraState State { get; }

    /// <summary>One of <see cref="CameraReason"/>.</summary>
    public string Reason { get; }
}

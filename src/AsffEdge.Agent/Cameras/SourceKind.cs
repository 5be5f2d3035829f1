namespace AsffEdge.Agent.Cameras;

/// <summary>What a camera's <c>source</c> is.</summary>
public enum SourceKind
{
    /// <summary><c>rtsp://</c> or <c>rtsps://</c>.</summary>
    Rtsp,

    /// <summary>A Video4Linux device, <c>/dev/videoN</c>.</summary>
    Device,

    /// <summary>A video file.</summary>
    File,
}

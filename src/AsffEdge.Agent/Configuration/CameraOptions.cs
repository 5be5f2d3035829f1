namespace AsffEdge.Agent.Configuration;

/// <summary>One camera of the configuration (<c>cameras:</c>).</summary>
public sealed record CameraOptions
{
    /// <summary>Its id in topics, <c>[a-z0-9-]{1,48}</c>, unique.</summary>
    public required string Id { get; init; }

    /// <summary>A name for people.</summary>
    public string? Name { get; init; }

    /// <summary><c>rtsp://</c> or <c>rtsps://</c> address, <c>/dev/videoN</c>, or the path of a video file.</summary>
    public required string Source { get; init; }

    /// <summary>False keeps the camera in the configuration without opening it.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Profile of this camera; null: the agent's.</summary>
    public string? Profile { get; init; }

    /// <summary>Video files: start again at the end.</summary>
    public bool Loop { get; init; } = true;

    /// <summary>Video files: play at the file's frame rate; false: as fast as it decodes.</summary>
    public bool RealTime { get; init; } = true;

    /// <summary>Frames a second read at most; null: all.</summary>
    public double? MaxFps { get; init; }

    /// <summary>RTSP over <c>tcp</c> or <c>udp</c>.</summary>
    public string Transport { get; init; } = "tcp";
}

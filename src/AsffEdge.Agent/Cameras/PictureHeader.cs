namespace AsffEdge.Agent.Cameras;

/// <summary>What ffmpeg says about a picture before it writes it.</summary>
/// <param name="SourceWidth">Width of the camera's picture in pixels.</param>
/// <param name="SourceHeight">Height of the camera's picture in pixels.</param>
/// <param name="Width">Width of the picture in the pipe in pixels.</param>
/// <param name="Height">Height of the picture in the pipe in pixels.</param>
/// <param name="Pts">Presentation time in seconds, NaN when there is none.</param>
/// <param name="IsDamaged">Whether the decoder complained about it, or about one that it is made from.</param>
internal readonly record struct PictureHeader(
    int SourceWidth,
    int SourceHeight,
    int Width,
    int Height,
    double Pts,
    bool IsDamaged
)
{
    /// <summary>Bytes in the pipe, 8-bit BGR without padding.</summary>
    public int Bytes => Width * Height * 3;
}

using OpenCvSharp;

namespace AsffEdge.Agent.Cameras;

/// <summary>One decoded picture with when and where it comes from. Made once, refilled for every frame.</summary>
public sealed class CapturedFrame : IDisposable
{
    /// <summary>The picture, 8-bit BGR; may be smaller than the source's.</summary>
    public Mat Picture { get; } = new();

    /// <summary>Width of the source's picture in pixels.</summary>
    public int SourceWidth { get; set; }

    /// <summary>Height of the source's picture in pixels.</summary>
    public int SourceHeight { get; set; }

    /// <summary>Capture time, UTC.</summary>
    public DateTime CapturedUtc { get; set; }

    /// <summary>Where <see cref="CapturedUtc"/> comes from: <c>pts</c> or <c>host</c>.</summary>
    public string TimestampSource { get; set; } = "host";

    /// <summary>How much longer it took to us than the fastest frame of its connection; zero where the source does not tell.</summary>
    public TimeSpan Age { get; set; }

    /// <summary>Whether the decoder complained about it, or about a frame that it is made from.</summary>
    public bool Damaged { get; set; }

    /// <summary>When the frame was complete on our side, as <see cref="TimeProvider.GetTimestamp"/> gives it.</summary>
    public long CompletedAt { get; set; }

    /// <summary>Counts the connections of the camera, from 1.</summary>
    public int Stream { get; set; }

    /// <summary>Counts the decoded frames of the camera over all connections, from 1.</summary>
    public long Number { get; set; }

    /// <summary>Whether a newer frame makes this one worthless; false: every frame is to be inferred.</summary>
    public bool IsLive { get; set; }

    /// <inheritdoc />
    public void Dispose() => Picture.Dispose();
}

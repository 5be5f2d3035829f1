using AsffEdge.Detection;
using OpenCvSharp;

namespace AsffEdge.Agent.Snapshots;

/// <summary>An inferred frame, copied.</summary>
/// <param name="Picture">8-bit BGR; may be smaller than the camera's.</param>
/// <param name="Objects">What was found in it, best first.</param>
internal sealed record FrameCopy(Mat Picture, DetectedObject[] Objects) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose() => Picture.Dispose();
}

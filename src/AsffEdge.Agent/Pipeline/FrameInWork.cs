using AsffEdge.Agent.Cameras;
using AsffEdge.Control.Profiles;

namespace AsffEdge.Agent.Pipeline;

/// <summary>A frame on its way through one of the detector's inputs. Made once for each input, refilled for every frame.</summary>
/// <param name="input">Which input.</param>
internal sealed class FrameInWork(int input)
{
    /// <summary>Which of the detector's inputs.</summary>
    public int Input { get; } = input;

    /// <summary>Index of the camera in the configuration.</summary>
    public int Camera { get; set; }

    /// <summary>The frame; null before the first.</summary>
    public CapturedFrame? Frame { get; set; }

    /// <summary>What holds for it.</summary>
    public required ProfileSelection.Snapshot Selection { get; set; }

    /// <summary>Its profile.</summary>
    public Profile Profile => Selection.Profiles[Camera];

    /// <summary>The side that the input was prepared with, in pixels; 0: it has not been.</summary>
    public int PreparedSize { get; set; }

    /// <summary>Milliseconds that preparing it took.</summary>
    public double PreprocessMs { get; set; }

    /// <summary>Why it could not be prepared.</summary>
    public Exception? Failure { get; set; }
}

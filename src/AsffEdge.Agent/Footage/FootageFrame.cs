using AsffEdge.Agent.Pipeline;
using AsffEdge.Control.Profiles;
using AsffEdge.Detection;
using AsffEdge.Messaging;
using OpenCvSharp;

namespace AsffEdge.Agent.Footage;

/// <summary>A frame that was chosen, copied. Made once, refilled for every frame.</summary>
/// <param name="capacity">Most objects of a frame.</param>
internal sealed class FootageFrame(int capacity) : IDisposable
{
    private readonly DetectedObject[] _objects = new DetectedObject[capacity];
    private int _count;

    /// <summary>Index of the camera in the configuration.</summary>
    public int Camera { get; private set; }

    /// <summary>8-bit BGR; may be smaller than the camera's.</summary>
    public Mat Picture { get; } = new();

    /// <summary>Capture time, UTC.</summary>
    public DateTime CapturedUtc { get; private set; }

    /// <summary>What it was inferred with.</summary>
    public Profile? Profile { get; private set; }

    /// <summary>The model that inferred it.</summary>
    public FrameModel? Model { get; private set; }

    /// <summary>What chose it.</summary>
    public FootagePolicy Policy { get; private set; }

    /// <summary>For <see cref="FootagePolicy.Command"/> who asked for it; else null.</summary>
    public CollectRequest? Request { get; private set; }

    /// <summary>What was found, best first, boxes as fractions 0..1 of the picture.</summary>
    public ReadOnlySpan<DetectedObject> Objects => _objects.AsSpan(0, _count);

    /// <summary>Copies a result.</summary>
    public void Fill(FrameResult result, FootagePolicy policy, CollectRequest? request)
    {
        result.Image!.CopyTo(Picture);
        result.Objects.CopyTo(_objects);
        _count = result.Count;
        Camera = result.CameraIndex;
        CapturedUtc = result.TimestampUtc;
        Profile = result.Profile;
        Model = result.Model;
        Policy = policy;
        Request = request;
    }

    /// <inheritdoc/>
    public void Dispose() => Picture.Dispose();
}

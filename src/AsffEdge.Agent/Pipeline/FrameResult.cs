using AsffEdge.Agent.Cameras;
using AsffEdge.Agent.Profiles;
using AsffEdge.Control.Profiles;
using AsffEdge.Detection;
using AsffEdge.Messaging;

namespace AsffEdge.Agent.Pipeline;

/// <summary>
/// What one inferred frame gave. A single instance is reused by its worker: it is valid only during
/// <see cref="IFrameResultSink.OnFrame"/>, and a sink copies what it keeps.
/// </summary>
public sealed class FrameResult
{
    private readonly DetectedObject[] _objects;
    private readonly long[] _tracks;
    private readonly ulong[] _zones;

    /// <summary>Makes room for at most <paramref name="capacity"/> objects a frame.</summary>
    public FrameResult(int capacity)
    {
        _objects = new DetectedObject[capacity];
        _tracks = new long[capacity];
        _zones = new ulong[capacity];
    }

    /// <summary>Index of the camera in the configuration.</summary>
    public int CameraIndex { get; set; }

    /// <summary>The camera's id.</summary>
    public string CameraId { get; set; } = "";

    /// <summary>Counts the connections of this camera since the process started, from 1.</summary>
    public int Stream { get; set; }

    /// <summary>Counts the inferred frames of this camera since the process started, from 1.</summary>
    public long Sequence { get; set; }

    /// <summary>Capture time, UTC.</summary>
    public DateTime TimestampUtc { get; set; }

    /// <summary>Where <see cref="TimestampUtc"/> comes from: <c>pts</c> or <c>host</c>.</summary>
    public string TimestampSource { get; set; } = "host";

    /// <summary>Width of the camera's picture in pixels, before any scaling on our side.</summary>
    public int SourceWidth { get; set; }

    /// <summary>Height of the camera's picture in pixels, before any scaling on our side.</summary>
    public int SourceHeight { get; set; }

    /// <summary>Whether the decoder complained about the frame, or about one that it is made from: nothing to learn from.</summary>
    public bool Damaged { get; set; }

    /// <summary>The model the frame was inferred with.</summary>
    public required FrameModel Model { get; set; }

    /// <summary>The profile the frame was inferred with.</summary>
    public required Profile Profile { get; set; }

    /// <summary>The desired document's revision in force (0: local configuration).</summary>
    public long Revision { get; set; }

    /// <summary>The number of the change of profiles it was inferred under, see <see cref="ProfileSelection.Snapshot"/>.</summary>
    public long Change { get; set; }

    /// <summary>Frames decoded but not inferred since the camera's last result.</summary>
    public int Skipped { get; set; }

    /// <summary>Milliseconds from the complete frame on our side to the start of its inference.</summary>
    public double WaitMs { get; set; }

    /// <summary>Milliseconds of resizing and normalising.</summary>
    public double PreprocessMs { get; set; }

    /// <summary>Milliseconds in ONNX Runtime.</summary>
    public double InferenceMs { get; set; }

    /// <summary>Milliseconds of decoding and NMS.</summary>
    public double PostprocessMs { get; set; }

    /// <summary>Milliseconds from the complete frame on our side to this result.</summary>
    public double TotalMs { get; set; }

    /// <summary>When the inference thread took it up, a timestamp of the pipeline's clock. Until the last sink has it, no other frame gets on.</summary>
    public long TakenUp { get; set; }

    /// <summary>Room for the detector to write into.</summary>
    public Span<DetectedObject> Buffer => _objects;

    /// <summary>How many of <see cref="Buffer"/> reach the profile's score threshold.</summary>
    public int Count { get; set; }

    /// <summary>How many follow them in <see cref="Buffer"/> that do not: too weak to be told, but they may continue a track.</summary>
    public int WeakCount { get; set; }

    /// <summary>The objects found, best first, boxes as fractions 0..1 of the source frame.</summary>
    public ReadOnlySpan<DetectedObject> Objects => _objects.AsSpan(0, Count);

    /// <summary><see cref="Objects"/> and the weak ones after them.</summary>
    public ReadOnlySpan<DetectedObject> Candidates => _objects.AsSpan(0, Count + WeakCount);

    /// <summary>For each of <see cref="Objects"/> the number of its track, 0: none. Written by the tracking sink, for the sinks after it.</summary>
    public Span<long> Tracks => _tracks.AsSpan(0, Count);

    /// <summary>For each of <see cref="Objects"/> the zones it is in: bit i, the i-th of the camera's. Written by the tracking sink.</summary>
    public Span<ulong> Zones => _zones.AsSpan(0, Count);

    /// <summary>The inferred picture (BGR, possibly smaller than the source); valid during the call only. For drawing and snapshots.</summary>
    public OpenCvSharp.Mat? Image { get; set; }

    /// <summary>Tells the strong of the objects in <see cref="Buffer"/> from the weak ones.</summary>
    /// <param name="found">How many there are, best first. A weaker one suppresses none, so the strong ones are those that a search for them alone would give.</param>
    /// <param name="threshold">The profile's score threshold.</param>
    internal void Rank(int found, float threshold)
    {
        Count = found;
        while (Count > 0 && _objects[Count - 1].Score < threshold)
        {
            Count--;
        }

        WeakCount = found - Count;
    }

    /// <summary>Takes over what is known of a frame before it is inferred.</summary>
    internal void Describe(FrameInWork work, string cameraId, FrameModel model)
    {
        CapturedFrame frame = work.Frame!;
        CameraIndex = work.Camera;
        CameraId = cameraId;
        Stream = frame.Stream;
        TimestampUtc = frame.CapturedUtc;
        TimestampSource = frame.TimestampSource;
        SourceWidth = frame.SourceWidth;
        SourceHeight = frame.SourceHeight;
        Damaged = frame.Damaged;
        Model = model;
        Profile = work.Profile;
        Revision = work.Selection.Revision;
        Change = work.Selection.Change;
        PreprocessMs = work.PreprocessMs;
        Image = frame.Picture;
    }
}

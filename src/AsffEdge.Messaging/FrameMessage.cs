using System.ComponentModel.DataAnnotations;

namespace AsffEdge.Messaging;

/// <summary>Payload of <see cref="Topics.Detections"/>, for readers. The agent writes it with <see cref="FrameMessageWriter"/>.</summary>
public sealed record FrameMessage
{
    /// <summary>Value of the MQTT user property <c>schema</c>.</summary>
    public const string Schema = "asff-edge.frame/1";

    /// <summary>Version of the contract.</summary>
    [VersionOne]
    public int V { get; init; } = 1;

    /// <summary>Always <c>frame</c>.</summary>
    [AllowedValues("frame")]
    public required string Type { get; init; }

    /// <summary>The agent's id.</summary>
    [Id]
    public required string Agent { get; init; }

    /// <summary>The camera's id.</summary>
    [Id]
    public required string Camera { get; init; }

    /// <summary>Random per process.</summary>
    [Hex(6)]
    public required string Boot { get; init; }

    /// <summary>Counts the camera's connections, from 1.</summary>
    [AtLeast(1)]
    public required int Stream { get; init; }

    /// <summary>Counts the camera's inferred frames, from 1.</summary>
    [AtLeast(1)]
    public required long Seq { get; init; }

    /// <summary>Capture time, UTC.</summary>
    public required DateTime Ts { get; init; }

    /// <summary><c>rtcp</c>, <c>pts</c> or <c>host</c>.</summary>
    [AllowedValues("rtcp", "pts", "host")]
    public required string TsSource { get; init; }

    /// <summary>The camera's picture.</summary>
    public required FrameSize Frame { get; init; }

    /// <summary>What inferred it.</summary>
    public required FrameNetwork Net { get; init; }

    /// <summary>Where the time went.</summary>
    public required FrameLatency LatencyMs { get; init; }

    /// <summary>Frames decoded but not inferred since the last message.</summary>
    [AtLeast(0)]
    public required int Skipped { get; init; }

    /// <summary>Whether it is replayed.</summary>
    public bool Late { get; init; }

    /// <summary>The objects, best first.</summary>
    public required IReadOnlyList<FrameDetection> Detections { get; init; }
}

/// <summary>Size of the camera's picture in pixels.</summary>
/// <param name="Width">Its width.</param>
/// <param name="Height">Its height.</param>
public sealed record FrameSize([AtLeast(1)] int Width, [AtLeast(1)] int Height);

/// <summary>What inferred a frame.</summary>
/// <param name="Profile">The profile.</param>
/// <param name="Size">Network input size in pixels.</param>
/// <param name="Model">The model's name.</param>
/// <param name="Version">The model's version.</param>
/// <param name="Sha256">Lower-case hex of the model's file.</param>
/// <param name="Provider">Execution provider of ONNX Runtime in use.</param>
/// <param name="Rev">Revision of the desired document in force; null: the local configuration.</param>
public sealed record FrameNetwork(
    [Id] string Profile,
    [NetworkSize] int Size,
    string Model,
    string Version,
    [Hex(64)] string Sha256,
    [AllowedValues("cpu", "cuda", "tensorrt")] string Provider,
    [Revision] long? Rev
);

/// <summary>Where the time went, in milliseconds.</summary>
/// <param name="Wait">From the complete frame to the start of its inference.</param>
/// <param name="Preprocess">Preprocessing.</param>
/// <param name="Inference">In ONNX Runtime.</param>
/// <param name="Postprocess">Decoding and NMS.</param>
/// <param name="Total">From the complete frame to the result.</param>
public sealed record FrameLatency(
    [AtLeast(0)] double Wait,
    [AtLeast(0)] double Preprocess,
    [AtLeast(0)] double Inference,
    [AtLeast(0)] double Postprocess,
    [AtLeast(0)] double Total
);

/// <summary>One object of a frame.</summary>
/// <param name="Class">The class's name; null where the model has none for the index.</param>
/// <param name="ClassId">The class's index in the model's labels.</param>
/// <param name="Score">Objectness × class score, 0..1.</param>
/// <param name="Box">[left, top, width, height] as fractions 0..1 of the source frame, clipped.</param>
public sealed record FrameDetection(
    string? Class,
    [AtLeast(0)] int ClassId,
    [Range(0, 1)] double Score,
    [Length(4, 4), Range(0, 1)] IReadOnlyList<double> Box
)
{
    /// <summary>The id of the track it belongs to; null where there is none, or none yet.</summary>
    [TrackId]
    public string? Track { get; init; }

    /// <summary>The zones in which its foot, the middle of the box's lower edge, lies; null: in none.</summary>
    [Id]
    public IReadOnlyList<string>? Zones { get; init; }
}

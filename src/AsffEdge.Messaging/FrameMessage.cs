namespace AsffEdge.Messaging;

/// <summary>Payload of <see cref="Topics.Detections"/>, for readers. The agent writes it with <see cref="FrameMessageWriter"/>.</summary>
public sealed record FrameMessage
{
    /// <summary>Value of the MQTT user property <c>schema</c>.</summary>
    public const string Schema = "asff-edge.frame/1";

    /// <summary>Version of the contract.</summary>
    public int V { get; init; } = 1;

    /// <summary>Always <c>frame</c>.</summary>
    public required string Type { get; init; }

    /// <summary>The agent's id.</summary>
    public required string Agent { get; init; }

    /// <summary>The camera's id.</summary>
    public required string Camera { get; init; }

    /// <summary>Random per process.</summary>
    public required string Boot { get; init; }

    /// <summary>Counts the camera's connections, from 1.</summary>
    public required int Stream { get; init; }

    /// <summary>Counts the camera's inferred frames, from 1.</summary>
    public required long Seq { get; init; }

    /// <summary>Capture time, UTC.</summary>
    public required DateTime Ts { get; init; }

    /// <summary><c>rtcp</c>, <c>pts</c> or <c>host</c>.</summary>
    public required string TsSource { get; init; }

    /// <summary>The camera's picture.</summary>
    public required FrameSize Frame { get; init; }

    /// <summary>What inferred it.</summary>
    public required FrameNetwork Net { get; init; }

    /// <summary>Where the time went.</summary>
    public required FrameLatency LatencyMs { get; init; }

    /// <summary>Frames decoded but not inferred since the last message.</summary>
    public required int Skipped { get; init; }

    /// <summary>Whether it is replayed.</summary>
    public bool Late { get; init; }

    /// <summary>The objects, best first.</summary>
    public required IReadOnlyList<FrameDetection> Detections { get; init; }
}

/// <summary>Size of the camera's picture in pixels.</summary>
public sealed record FrameSize(int Width, int Height);

/// <summary>What inferred a frame.</summary>
public sealed record FrameNetwork(
    string Profile,
    int Size,
    string Model,
    string Version,
    string Sha256,
    string Provider,
    long? Rev
);

/// <summary>Milliseconds: waiting, preprocessing, ONNX Runtime, decoding and NMS, and from the complete frame to the result.</summary>
public sealed record FrameLatency(
    double Wait,
    double Preprocess,
    double Inference,
    double Postprocess,
    double Total
);

/// <summary>One object of a frame.</summary>
/// <param name="Class">The class's name; null where the model has none for the index.</param>
/// <param name="ClassId">The class's index in the model's labels.</param>
/// <param name="Score">Objectness × class score, 0..1.</param>
/// <param name="Box">[left, top, width, height] as fractions 0..1 of the source frame, clipped.</param>
public sealed record FrameDetection(
    string? Class,
    int ClassId,
    double Score,
    IReadOnlyList<double> Box
);

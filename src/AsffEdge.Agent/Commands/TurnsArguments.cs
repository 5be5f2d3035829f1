namespace AsffEdge.Agent.Commands;

/// <summary>What a benchmark in turns runs.</summary>
/// <param name="Model">The ONNX file.</param>
/// <param name="Video">The file that the camera plays.</param>
/// <param name="Size">Network input size in pixels.</param>
/// <param name="Threads">Threads of one inference; 0: one a core.</param>
/// <param name="Length">How long all turns that are measured last.</param>
internal sealed record TurnsArguments(
    string Model,
    string Video,
    int Size,
    int Threads,
    TimeSpan Length
);

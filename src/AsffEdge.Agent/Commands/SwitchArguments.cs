namespace AsffEdge.Agent.Commands;

/// <summary>What a benchmark of switches runs.</summary>
/// <param name="Model">The ONNX file.</param>
/// <param name="Video">The file that the camera plays.</param>
/// <param name="RealTime">Whether it plays at its own rate; otherwise a frame always waits.</param>
/// <param name="Threads">Threads of one inference; 0: one a core.</param>
/// <param name="Count">How many switches are measured.</param>
internal sealed record SwitchArguments(
    string Model,
    string Video,
    bool RealTime,
    int Threads,
    int Count
);

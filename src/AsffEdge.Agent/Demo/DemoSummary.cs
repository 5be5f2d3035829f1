using System.Globalization;
using AsffEdge.Agent.Pipeline;

namespace AsffEdge.Agent.Demo;

/// <summary>What the demo says at its end.</summary>
/// <param name="Frames">Frames inferred.</param>
/// <param name="Objects">Objects found in all of them.</param>
/// <param name="Elapsed">From the first result to the last.</param>
/// <param name="Total">Latency from the complete frame to its result.</param>
/// <param name="Inference">Latency of ONNX Runtime.</param>
internal sealed record DemoSummary(
    long Frames,
    long Objects,
    TimeSpan Elapsed,
    LatencySummary Total,
    LatencySummary Inference
)
{
    /// <summary>Frames a second; 0 for fewer than two frames.</summary>
    public double FramesPerSecond =>
        Elapsed > TimeSpan.Zero ? (Frames - 1) / Elapsed.TotalSeconds : 0;

    /// <summary>Objects a frame.</summary>
    public double ObjectsPerFrame => Frames > 0 ? (double)Objects / Frames : 0;

    /// <summary>A few lines for people.</summary>
    /// <param name="labels">The model's classes; a single one gives its name to what was counted.</param>
    public string ToText(IReadOnlyList<string> labels)
    {
        string what = labels.Count == 1 ? labels[0] : "object";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"""
            {Frames} frames in {Elapsed.TotalSeconds:0.0} s: {FramesPerSecond:0.0} frames a second, {ObjectsPerFrame:0.0} × {what} a frame
            latency in ms, median and 95th percentile: total {Total.P50:0.0}, {Total.P95:0.0}; inference {Inference.P50:0.0}, {Inference.P95:0.0}
            """
        );
    }
}

namespace AsffEdge.Detection;

/// <summary>What a golden picture gave at one input size.</summary>
/// <param name="Size">Side of the network's input in pixels.</param>
/// <param name="Expected">Objects that must be found.</param>
/// <param name="Found">Objects found.</param>
/// <param name="ScoreError">Greatest difference of a score, 0..1.</param>
/// <param name="LeastOverlap">Least IoU of a box with the one expected, 0..1.</param>
/// <param name="Problem">What is not as it must be; null: nothing.</param>
public sealed record GoldenResult(
    int Size,
    int Expected,
    int Found,
    float ScoreError,
    float LeastOverlap,
    string? Problem
);

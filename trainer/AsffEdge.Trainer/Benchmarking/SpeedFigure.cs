namespace AsffEdge.Trainer.Benchmarking;

/// <summary>How fast one network runs at one size in one runtime, batch 1.</summary>
/// <param name="Size">Input size in pixels.</param>
/// <param name="Network">The variant.</param>
/// <param name="Runtime">What ran it, and where.</param>
/// <param name="Precision"><c>fp32</c>, or what half precision is in this runtime: <c>fp16</c>, <c>bf16</c>.</param>
/// <param name="Milliseconds">Median of one run, the network only.</param>
/// <param name="Fps">Runs a second at the median.</param>
/// <param name="OverBaseline">Additional time over the same backbone without fusion, as a share of the latter's; null for that itself, or where it was not measured.</param>
/// <param name="Runs">Runs that the median is of.</param>
internal sealed record SpeedFigure(
    int Size,
    string Network,
    string Runtime,
    string Precision,
    double Milliseconds,
    double Fps,
    double? OverBaseline,
    int Runs
);

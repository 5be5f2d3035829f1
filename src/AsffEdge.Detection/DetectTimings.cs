namespace AsffEdge.Detection;

/// <summary>Where the time of one call of <see cref="Detector.Detect"/> went.</summary>
/// <param name="PreprocessMs">Milliseconds of resizing and normalising.</param>
/// <param name="InferenceMs">Milliseconds in ONNX Runtime.</param>
/// <param name="PostprocessMs">Milliseconds of decoding and suppression.</param>
public readonly record struct DetectTimings(
    double PreprocessMs,
    double InferenceMs,
    double PostprocessMs
);

namespace AsffEdge.Control.Profiles;

/// <summary>How fast a camera is inferred, lately.</summary>
/// <param name="Fps">Frames inferred a second; null before the first.</param>
/// <param name="InferenceMsP50">Median milliseconds in ONNX Runtime; null before the first.</param>
public readonly record struct CameraPerformance(double? Fps, double? InferenceMsP50);

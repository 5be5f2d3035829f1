using AsffEdge.Detection;
using OpenCvSharp;

namespace AsffEdge.Trainer.Prediction;

/// <summary>An ONNX file, run by the same detector as on a device.</summary>
public sealed class OnnxPredictor : IPredictor
{
    private readonly Detector _detector;

    /// <summary>Opens the file.</summary>
    /// <exception cref="ModelException">The file cannot be used; the message names it and what is wrong.</exception>
    public OnnxPredictor(string path) =>
        _detector = Detector.Open(
            path,
            new DetectorOptions { MaxDetections = Predictor.MaxDetections }
        );

    /// <inheritdoc/>
    public ModelManifest Manifest => _detector.Manifest;

    /// <inheritdoc/>
    public int Detect(
        Mat bgr,
        int size,
        float scoreThreshold,
        float nmsThreshold,
        Span<DetectedObject> results
    ) => _detector.Detect(bgr, size, scoreThreshold, nmsThreshold, results, out _);

    /// <inheritdoc/>
    public float[] Predict(ReadOnlySpan<float> nchw, int size)
    {
        _detector.RunTensor(nchw, size);
        return Predictor.DecodeAll(_detector.HeadShapes, _detector.HeadMap);
    }

    /// <inheritdoc/>
    public void Dispose() => _detector.Dispose();
}

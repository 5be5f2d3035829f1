using AsffEdge.Detection;
using OpenCvSharp;

namespace AsffEdge.Trainer.Prediction;

/// <summary>A model that can be run, whatever file it comes from.</summary>
public interface IPredictor : IDisposable
{
    /// <summary>What the model says about itself.</summary>
    ModelManifest Manifest { get; }

    /// <summary>Finds objects in a picture as the agent does.</summary>
    /// <param name="bgr">8UC3, BGR, any size.</param>
    /// <param name="size">Input size in pixels.</param>
    /// <param name="scoreThreshold">Least objectness × class score, 0..1.</param>
    /// <param name="nmsThreshold">Greatest IoU between two objects of a class, 0..1.</param>
    /// <param name="results">Takes the objects, best first, boxes as fractions 0..1 of the picture.</param>
    /// <returns>How many were found.</returns>
    int Detect(
        Mat bgr,
        int size,
        float scoreThreshold,
        float nmsThreshold,
        Span<DetectedObject> results
    );

    /// <summary>Decodes every prediction of one input.</summary>
    /// <param name="nchw">[1, 3, size, size], normalised as the manifest says.</param>
    /// <param name="size">Input size in pixels.</param>
    /// <returns>Rows (xc, yc, w, h, objectness, classes), level by level, coarsest first; RetinaNet has no objectness, which is 1 there, and
    /// its boxes are clipped to the input.</returns>
    float[] Predict(ReadOnlySpan<float> nchw, int size);
}

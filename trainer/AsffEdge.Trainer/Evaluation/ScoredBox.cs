using AsffEdge.Detection;
using OpenCvSharp;

namespace AsffEdge.Trainer.Evaluation;

/// <summary>An object that a detector reports, in pixels of its picture.</summary>
/// <param name="ImageId">The picture.</param>
/// <param name="ClassId">Index into the labels.</param>
/// <param name="Left">Left edge.</param>
/// <param name="Top">Top edge.</param>
/// <param name="Width">Width.</param>
/// <param name="Height">Height.</param>
/// <param name="Score">Confidence; any finite number, higher is surer.</param>
public readonly record struct ScoredBox(
    long ImageId,
    int ClassId,
    double Left,
    double Top,
    double Width,
    double Height,
    double Score
)
{
    /// <summary>What a detector found in a picture, in its pixels.</summary>
    public static ScoredBox From(in DetectedObject found, long imageId, Mat picture) =>
        new(
            imageId,
            found.ClassId,
            found.Box.Left * picture.Width,
            found.Box.Top * picture.Height,
            found.Box.Width * picture.Width,
            found.Box.Height * picture.Height,
            found.Score
        );

    /// <summary>Intersection over union, 0..1; over the detection's own area where <paramref name="truth"/> is a crowd.</summary>
    public double Overlap(in GroundTruthBox truth)
    {
        double width =
            Math.Min(Left + Width, truth.Left + truth.Width) - Math.Max(Left, truth.Left);
        double height = Math.Min(Top + Height, truth.Top + truth.Height) - Math.Max(Top, truth.Top);
        if (width <= 0 || height <= 0)
        {
            return 0;
        }

        double both = width * height;
        double own = Width * Height;
        return both / (truth.IsCrowd ? own : own + truth.Width * truth.Height - both);
    }
}

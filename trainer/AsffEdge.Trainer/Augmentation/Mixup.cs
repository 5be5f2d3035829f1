using AsffEdge.Trainer.Data;
using OpenCvSharp;

namespace AsffEdge.Trainer.Augmentation;

public sealed record MixupOptions
{
    public double Probability { get; init; } = 1;

    /// <summary>Both parameters of the Beta distribution that the blending weight is drawn from; 1 or more.</summary>
    public double Alpha { get; init; } = 1.5;
}

/// <summary>
/// Mixup for detection (Zhang et al., 2019, "Bag of Freebies"): two pictures are blended without scaling either, and every
/// object counts as much as its picture does.
/// </summary>
public static class Mixup
{
    /// <summary>Blends two pictures, top left corners together, on a canvas as large as both.</summary>
    /// <param name="first">8UC3, weighted <paramref name="share"/>.</param>
    /// <param name="second">8UC3, weighted the rest.</param>
    /// <param name="share">λ, 0..1.</param>
    /// <param name="fill">Colour where a picture does not reach.</param>
    /// <param name="blended">Receives the pixels.</param>
    /// <param name="boxes">Receives the objects of both, with their weights.</param>
    public static void Blend(
        Sample first,
        Sample second,
        double share,
        Scalar fill,
        Mat blended,
        ICollection<LabelledBox> boxes
    )
    {
        var canvas = new Size(
            Math.Max(first.Image.Width, second.Image.Width),
            Math.Max(first.Image.Height, second.Image.Height)
        );
        using Mat a = Extend(first.Image, canvas, fill);
        using Mat b = Extend(second.Image, canvas, fill);
        Cv2.AddWeighted(a, share, b, 1 - share, 0, blended);
        foreach (LabelledBox box in first.Boxes)
        {
            boxes.Add(box with { Weight = (float)share });
        }

        foreach (LabelledBox box in second.Boxes)
        {
            boxes.Add(box with { Weight = (float)(1 - share) });
        }
    }

    private static Mat Extend(Mat image, Size canvas, Scalar fill)
    {
        if (image.Size() == canvas)
        {
            return new Mat(image, new Rect(0, 0, canvas.Width, canvas.Height));
        }

        var extended = new Mat();
        int bottom = canvas.Height - image.Height;
        int right = canvas.Width - image.Width;
        Cv2.CopyMakeBorder(image, extended, 0, bottom, 0, right, BorderTypes.Constant, fill);
        return extended;
    }
}

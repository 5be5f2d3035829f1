using System.Numerics;
using AsffEdge.Trainer.Data;
using OpenCvSharp;
using Box = AsffEdge.Detection.Box;

namespace AsffEdge.Trainer.Augmentation;

public sealed record CropOptions
{
    public double Probability { get; init; } = 1;

    /// <summary>One of these is drawn: the best-matching object must overlap the crop by at least that IoU; 0 is no constraint.</summary>
    public IReadOnlyList<double> MinIous { get; init; } = [0, 0.1, 0.3, 0.5, 0.7, 0.9];

    /// <summary>Smallest side of the crop, as a share of the canvas's, before the aspect ratio is changed.</summary>
    public double MinScale { get; init; } = 0.3;

    /// <summary>Largest side of the crop, likewise.</summary>
    public double MaxScale { get; init; } = 1;

    /// <summary>The aspect ratio is changed by at most this factor, either way.</summary>
    public double MaxRatio { get; init; } = 2;
}

/// <summary>
/// IoU-constrained random crop (Liu et al., 2016, SSD). Objects whose centre is inside stay, cut to the crop. Comes before
/// any turning: the canvas still lies on whole source pixels.
/// </summary>
public static class RandomCrop
{
    private const int Attempts = 50;

    public static void Apply(View view, CropOptions options, SampleRandom random)
    {
        if (!random.Chance(options.Probability))
        {
            return;
        }

        double minIoU = options.MinIous[random.Below(options.MinIous.Count)];
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            Rect crop = Draw(view, options, random);
            Rect source = new(
                crop.X - (int)view.Map.M31,
                crop.Y - (int)view.Map.M32,
                crop.Width,
                crop.Height
            );
            Rect visible = view.Visible.Intersect(source);
            if (visible is { Width: > 0, Height: > 0 } && Accepts(view.Boxes, crop, minIoU))
            {
                Cut(view.Boxes, crop);
                view.Show(source);
                view.Transform(Matrix3x2.CreateTranslation(-crop.X, -crop.Y));
                view.SetCanvas(crop.Width, crop.Height);
                return;
            }
        }
    }

    private static Rect Draw(View view, CropOptions options, SampleRandom random)
    {
        double scale = random.Between(options.MinScale, options.MaxScale);
        // Width × ratio and height / ratio must both stay within the canvas.
        double most = Math.Min(options.MaxRatio, 1 / (scale * scale));
        double ratio = Math.Sqrt(random.Between(1 / most, most));
        int width = Math.Clamp((int)(view.Width * scale * ratio), 1, (int)view.Width);
        int height = Math.Clamp((int)(view.Height * scale / ratio), 1, (int)view.Height);
        int left = random.Below((int)view.Width - width + 1);
        int top = random.Below((int)view.Height - height + 1);
        return new Rect(left, top, width, height);
    }

    private static bool Accepts(List<LabelledBox> boxes, Rect crop, double minIoU)
    {
        if (boxes.Count == 0)
        {
            return true;
        }

        var area = new Box(crop.Left, crop.Top, crop.Right, crop.Bottom);
        bool overlaps = false;
        bool keeps = false;
        foreach (LabelledBox box in boxes)
        {
            overlaps |= new Box(box.Left, box.Top, box.Right, box.Bottom).IoU(area) >= minIoU;
            keeps |= HasCentreIn(crop, box);
        }

        return overlaps && keeps;
    }

    private static void Cut(List<LabelledBox> boxes, Rect crop)
    {
        boxes.RemoveAll(box => !HasCentreIn(crop, box));
        for (int index = 0; index < boxes.Count; index++)
        {
            boxes[index] = boxes[index].ClippedTo(crop.Left, crop.Top, crop.Right, crop.Bottom);
        }
    }

    private static bool HasCentreIn(Rect crop, LabelledBox box)
    {
        float x = box.Left + box.Width / 2;
        float y = box.Top + box.Height / 2;
        return x >= crop.Left && x < crop.Right && y >= crop.Top && y < crop.Bottom;
    }
}

using System.Numerics;
using AsffEdge.Trainer.Data;
using OpenCvSharp;

namespace AsffEdge.Trainer.Augmentation;

/// <summary>
/// Makes training pictures: mixup, colour distortion, expansion, crop, mirror, affine, resize. Holds scratch memory, so one
/// worker at a time.
/// </summary>
/// <param name="dataset">The pictures.</param>
/// <param name="fill">Colour (BGR, 0..255) of what no picture covers: the mean colour, which normalises to 0.</param>
public sealed class Augmenter(IDetectionDataset dataset, Scalar fill) : IDisposable
{
    private readonly Mat _blended = new();
    private readonly ColourDistortion _colour = new();
    private readonly Resampling _resampling = new();

    /// <summary>Makes the picture of one sample in one epoch.</summary>
    /// <param name="index">The sample's number in the data set.</param>
    /// <param name="options">What to do.</param>
    /// <param name="random">The sample's own stream.</param>
    /// <param name="picture">8UC3 of the input size, S×S; receives the pixels (BGR).</param>
    /// <param name="boxes">Emptied, then receives the objects in pixels of <paramref name="picture"/>, within it.</param>
    /// <returns>The sample's name.</returns>
    public string Make(
        int index,
        AugmentationOptions options,
        SampleRandom random,
        Mat picture,
        List<LabelledBox> boxes
    )
    {
        boxes.Clear();
        using Sample sample = dataset.Load(index);
        Mat source = sample.Image;
        if (random.Chance(options.Mixup.Probability))
        {
            double share = random.SymmetricBeta(options.Mixup.Alpha);
            using Sample partner = dataset.Load(random.Below(dataset.Count));
            Mixup.Blend(sample, partner, share, fill, _blended, boxes);
            source = _blended;
        }
        else
        {
            boxes.AddRange(sample.Boxes);
        }

        var view = new View(source.Size(), boxes);
        Expansion.Apply(view, options.Expansion, random);
        RandomCrop.Apply(view, options.Crop, random);
        Mirror.Apply(view, options.Mirror, random);
        RandomAffine.Apply(view, options.Affine, random);
        view.Transform(
            Matrix3x2.CreateScale(picture.Width / view.Width, picture.Height / view.Height)
        );
        view.SetCanvas(picture.Width, picture.Height);

        Interpolation interpolation = options.Interpolations[
            random.Below(options.Interpolations.Count)
        ];
        _resampling.Draw(source, view, interpolation, picture);
        // Distorting comes before expanding, so the fill keeps its colour; done on the resized picture, it costs a fraction.
        _colour.Apply(picture, options.Colour, random);
        _resampling.FillOutside(view, fill, picture);
        KeepVisible(boxes, picture.Size(), options);
        return sample.Name;
    }

    public void Dispose()
    {
        _blended.Dispose();
        _colour.Dispose();
        _resampling.Dispose();
    }

    private static void KeepVisible(
        List<LabelledBox> boxes,
        Size picture,
        AugmentationOptions options
    )
    {
        int kept = 0;
        for (int index = 0; index < boxes.Count; index++)
        {
            LabelledBox box = boxes[index];
            LabelledBox inside = box.ClippedTo(0, 0, picture.Width, picture.Height);
            if (
                inside is { Width: > 0, Height: > 0 }
                && Math.Min(inside.Width, inside.Height) >= options.MinSide
                && inside.Area >= options.MinVisible * box.Area
            )
            {
                boxes[kept++] = inside;
            }
        }

        boxes.RemoveRange(kept, boxes.Count - kept);
    }
}

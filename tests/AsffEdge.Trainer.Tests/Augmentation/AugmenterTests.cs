using AsffEdge.Trainer.Augmentation;
using AsffEdge.Trainer.Data;
using AsffEdge.Trainer.Tests.Data;
using FsCheck;
using FsCheck.Fluent;
using OpenCvSharp;

namespace AsffEdge.Trainer.Tests.Augmentation;

public sealed class AugmenterTests
{
    // What may separate a box's edge from the object's pixels: half a pixel of rounding and the blur of interpolation.
    private const float Slack = 2;

    // The corners of a turned object, which its box touches, lose more to the blur than its sides do.
    private const float CornerSlack = 3;

    private static readonly AugmentationOptions Geometric = new()
    {
        Mixup = new() { Probability = 0 },
        Colour = new() { Probability = 0 },
        Mirror = new() { Probability = 0.5 },
        Affine = new() { Probability = 0.7 },
        Crop = new() { Probability = 0.7 },
        MinVisible = 0,
        MinSide = 0,
    };

    [Fact]
    public void Boxes_bound_their_objects_whatever_is_done_to_the_picture()
    {
        Prop.ForAll(
                Cases(),
                one =>
                {
                    (Mat picture, List<LabelledBox> boxes, _) = Make(
                        one.Scene,
                        Geometric,
                        one.Seed,
                        one.Size
                    );
                    using (picture)
                    {
                        Rect? bright = Bright(picture);
                        // A crop or a shift may take the only object out of the picture, and its box with it.
                        return bright is null
                            ? boxes.All(box => Math.Min(box.Width, box.Height) < Slack)
                            : boxes.Count == 1 && Contains(boxes[0], bright.Value);
                    }
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(100));
    }

    [Fact]
    public void Boxes_are_tight_around_objects_that_are_in_view()
    {
        // Smaller objects are too blurred to say where they end.
        AugmentationOptions options = Geometric with
        {
            Crop = new() { Probability = 0 },
            MinSide = 6,
        };
        Prop.ForAll(
                Cases(),
                one =>
                {
                    (Mat picture, List<LabelledBox> boxes, _) = Make(
                        one.Scene,
                        options,
                        one.Seed,
                        one.Size
                    );
                    using (picture)
                    {
                        bool whole =
                            boxes.Count == 1
                            && boxes[0] is { Left: > 0, Top: > 0 }
                            && boxes[0].Right < picture.Width
                            && boxes[0].Bottom < picture.Height;
                        Rect? bright = whole ? Bright(picture) : null;
                        return (bright is { } found && IsAt(boxes[0], found)).When(whole);
                    }
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(100));
    }

    [Fact]
    public void Boxes_stay_within_the_picture_and_above_the_smallest_side()
    {
        AugmentationOptions options = new() { MinSide = 6, MinVisible = 0.3 };
        Prop.ForAll(
                Cases(),
                one =>
                {
                    (Mat picture, List<LabelledBox> boxes, _) = Make(
                        one.Scene,
                        options,
                        one.Seed,
                        one.Size
                    );
                    using (picture)
                    {
                        return boxes.TrueForAll(box =>
                            box
                                is {
                                    Left: >= 0,
                                    Top: >= 0,
                                    Width: >= 6,
                                    Height: >= 6,
                                    Weight: > 0 and <= 1
                                }
                            && box.Right <= picture.Width + 1e-3
                            && box.Bottom <= picture.Height + 1e-3
                        );
                    }
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(100));
    }

    [Fact]
    public void The_same_stream_makes_the_same_sample()
    {
        InMemoryDataset.Scene scene = new(120, 90, new Rect(20, 30, 40, 30));
        AugmentationOptions options = new() { Mixup = new() { Probability = 0.5 } };
        for (ulong seed = 0; seed < 20; seed++)
        {
            (Mat first, List<LabelledBox> firstBoxes, _) = Make(scene, options, seed, 96);
            (Mat second, List<LabelledBox> secondBoxes, _) = Make(scene, options, seed, 96);
            Assert.Equal(0, Cv2.Norm(first, second, NormTypes.INF));
            Assert.Equal(firstBoxes, secondBoxes);
            first.Dispose();
            second.Dispose();
        }
    }

    [Fact]
    public void Without_augmentation_a_picture_is_resized_as_at_inference()
    {
        InMemoryDataset.Scene scene = new(120, 90, new Rect(20, 30, 40, 30), new Rect(0, 0, 3, 3));
        (Mat picture, List<LabelledBox> boxes, string name) = Make(
            scene,
            AugmentationOptions.None,
            3,
            96
        );
        using Sample sample = new InMemoryDataset(scene).Load(0);
        using Mat resized = sample.Image.Resize(new Size(96, 96), 0, 0, InterpolationFlags.Linear);

        Assert.Equal(0, Cv2.Norm(picture, resized, NormTypes.INF));
        Assert.Equal("scene 0", name);
        Assert.Equal(2, boxes.Count);
        Assert.Equal(16, boxes[0].Left, 1e-4);
        Assert.Equal(32, boxes[0].Top, 1e-4);
        Assert.Equal(32, boxes[0].Width, 1e-4);
        Assert.Equal(32, boxes[0].Height, 1e-4);
        picture.Dispose();
    }

    [Fact]
    public void What_no_picture_covers_has_the_fill_colour_even_with_distorted_colours()
    {
        InMemoryDataset.Scene scene = new(100, 100, new Rect(0, 0, 100, 100));
        AugmentationOptions options = AugmentationOptions.None with
        {
            Colour = new() { Probability = 1 },
            Expansion = new() { Probability = 1, MaxRatio = 4 },
        };
        for (ulong seed = 0; seed < 20; seed++)
        {
            (Mat picture, List<LabelledBox> boxes, _) = Make(scene, options, seed, 128);
            LabelledBox box = Assert.Single(boxes);
            foreach (
                (float x, float y) in ((float, float)[])
                    [(box.Left - 3, 60), (box.Right + 3, 60), (60, box.Top - 3)]
            )
            {
                if (x is >= 0 and < 128 && y is >= 0 and < 128)
                {
                    Assert.Equal(new Vec3b(104, 116, 124), picture.At<Vec3b>((int)y, (int)x));
                }
            }

            picture.Dispose();
        }
    }

    private static Arbitrary<(InMemoryDataset.Scene Scene, ulong Seed, int Size)> Cases() =>
        (
            from width in Gen.Choose(80, 260)
            from height in Gen.Choose(80, 260)
            from left in Gen.Choose(0, width - 20)
            from top in Gen.Choose(0, height - 20)
            from objectWidth in Gen.Choose(16, width - left)
            from objectHeight in Gen.Choose(16, height - top)
            from seed in Gen.Choose(0, int.MaxValue)
            from size in Gen.Elements(96, 160, 224)
            select (
                new InMemoryDataset.Scene(
                    width,
                    height,
                    new Rect(left, top, objectWidth, objectHeight)
                ),
                (ulong)seed,
                size
            )
        ).ToArbitrary();

    private static (Mat Picture, List<LabelledBox> Boxes, string Name) Make(
        InMemoryDataset.Scene scene,
        AugmentationOptions options,
        ulong seed,
        int size
    )
    {
        Scalar fill = NetworkInput.MeanColour(NetworkInput.Manifest);
        using var augmenter = new Augmenter(new InMemoryDataset(scene), fill);
        var picture = new Mat(size, size, MatType.CV_8UC3);
        List<LabelledBox> boxes = [];
        string name = augmenter.Make(0, options, new SampleRandom(seed), picture, boxes);
        return (picture, boxes, name);
    }

    // The object is white, the rest black or the fill colour, which is below 128; null when nothing is white.
    private static Rect? Bright(Mat picture)
    {
        using Mat grey = picture.CvtColor(ColorConversionCodes.BGR2GRAY);
        using Mat mask = grey.Threshold(190, 255, ThresholdTypes.Binary);
        return Cv2.CountNonZero(mask) == 0 ? null : Cv2.BoundingRect(mask);
    }

    private static bool Contains(LabelledBox box, Rect pixels) =>
        pixels.Left >= box.Left - Slack
        && pixels.Top >= box.Top - Slack
        && pixels.Right <= box.Right + Slack
        && pixels.Bottom <= box.Bottom + Slack;

    private static bool IsAt(LabelledBox box, Rect pixels) =>
        Math.Abs(pixels.Left - box.Left) <= CornerSlack
        && Math.Abs(pixels.Top - box.Top) <= CornerSlack
        && Math.Abs(pixels.Right - box.Right) <= CornerSlack
        && Math.Abs(pixels.Bottom - box.Bottom) <= CornerSlack;
}

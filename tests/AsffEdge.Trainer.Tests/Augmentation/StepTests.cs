using AsffEdge.Trainer.Augmentation;
using AsffEdge.Trainer.Data;
using OpenCvSharp;

namespace AsffEdge.Trainer.Tests.Augmentation;

public sealed class StepTests
{
    [Fact]
    public void Mixup_blends_pixels_and_weights_objects_alike()
    {
        using var first = new Sample(
            Picture(40, 30, 200),
            [new LabelledBox(1, 2, 3, 10, 10)],
            "first"
        );
        using var second = new Sample(
            Picture(20, 60, 100),
            [new LabelledBox(0, 1, 1, 5, 5)],
            "second"
        );
        using var blended = new Mat();
        List<LabelledBox> boxes = [];

        Mixup.Blend(first, second, 0.75, Scalar.All(40), blended, boxes);

        Assert.Equal(new Size(40, 60), blended.Size());
        Assert.Equal(175, blended.At<Vec3b>(10, 10).Item0); // both
        Assert.Equal(160, blended.At<Vec3b>(10, 30).Item0); // the first only: 0.75 · 200 + 0.25 · 40
        Assert.Equal(55, blended.At<Vec3b>(50, 10).Item0); // the second only: 0.75 · 40 + 0.25 · 100
        Assert.Equal([new(1, 2, 3, 10, 10, 0.75f), new(0, 1, 1, 5, 5, 0.25f)], boxes);
    }

    [Fact]
    public void Expansion_keeps_the_picture_whole_on_a_canvas_up_to_the_ratio()
    {
        double largest = 0;
        for (ulong seed = 0; seed < 200; seed++)
        {
            View view = Viewing(100, 80, new LabelledBox(0, 0, 0, 100, 80));
            Expansion.Apply(view, new() { Probability = 1, MaxRatio = 4 }, new SampleRandom(seed));

            LabelledBox picture = Assert.Single(view.Boxes);
            Assert.Equal(100, picture.Width);
            Assert.Equal(80, picture.Height);
            Assert.True(picture is { Left: >= 0, Top: >= 0 });
            Assert.True(picture.Right <= view.Width && picture.Bottom <= view.Height);
            Assert.InRange(view.Width, 100, 400);
            Assert.InRange(view.Height / view.Width, 0.79, 0.81);
            largest = Math.Max(largest, view.Width);
        }

        Assert.True(largest > 350);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.3)]
    [InlineData(0.7)]
    public void A_crop_keeps_the_overlap_it_was_asked_for(double minIoU)
    {
        LabelledBox original = new(0, 20, 10, 60, 60);
        int cropped = 0;
        for (ulong seed = 0; seed < 200; seed++)
        {
            View view = Viewing(100, 80, original);
            RandomCrop.Apply(
                view,
                new() { Probability = 1, MinIous = [minIoU] },
                new SampleRandom(seed)
            );
            Rect crop = view.Visible;
            if (crop.Width * crop.Height == 100 * 80)
            {
                continue; // no crop was found, so the picture stays as it is
            }

            cropped++;
            Assert.Equal(view.Width, crop.Width);
            Assert.Equal(view.Height, crop.Height);
            Assert.InRange((double)crop.Width / crop.Height, 0.4, 3.2); // the canvas's 1.25, times ½ to 2, rounded
            LabelledBox kept = Assert.Single(view.Boxes);
            Assert.True(
                kept is { Left: >= 0, Top: >= 0 }
                    && kept.Right <= view.Width
                    && kept.Bottom <= view.Height
            );
            float union = original.Area + crop.Width * crop.Height - kept.Area;
            Assert.True(kept.Area / union >= minIoU - 1e-5, $"{kept.Area / union}");
        }

        Assert.True(cropped > 50, $"{cropped}");
    }

    [Fact]
    public void A_crop_drops_objects_whose_centre_it_leaves_out()
    {
        for (ulong seed = 0; seed < 100; seed++)
        {
            View view = Viewing(
                200,
                200,
                new LabelledBox(0, 10, 10, 30, 30),
                new LabelledBox(1, 150, 150, 40, 40)
            );
            RandomCrop.Apply(
                view,
                new() { Probability = 1, MinIous = [0] },
                new SampleRandom(seed)
            );
            bool first = view.Visible.Contains(new Point(25, 25));
            bool second = view.Visible.Contains(new Point(170, 170));

            Assert.Equal(first, view.Boxes.Any(box => box.ClassId == 0));
            Assert.Equal(second, view.Boxes.Any(box => box.ClassId == 1));
            Assert.NotEmpty(view.Boxes);
        }
    }

    [Fact]
    public void Mirroring_twice_changes_nothing()
    {
        View view = Viewing(100, 80, new LabelledBox(0, 10, 20, 30, 40));
        Mirror.Apply(view, new() { Probability = 1 }, new SampleRandom(1));
        Assert.Equal([new LabelledBox(0, 60, 20, 30, 40)], view.Boxes);
        Mirror.Apply(view, new() { Probability = 1 }, new SampleRandom(1));
        Assert.Equal([new LabelledBox(0, 10, 20, 30, 40)], view.Boxes);
        Assert.True(view.Map.IsIdentity);
    }

    [Fact]
    public void An_affine_step_stays_within_its_ranges()
    {
        AffineOptions options = new()
        {
            Probability = 1,
            Rotation = 0,
            Shear = 0,
        };
        for (ulong seed = 0; seed < 100; seed++)
        {
            View view = Viewing(100, 80, new LabelledBox(0, 40, 30, 20, 20));
            RandomAffine.Apply(view, options, new SampleRandom(seed));
            LabelledBox box = Assert.Single(view.Boxes);

            Assert.InRange(box.Width, 18 - 1e-3, 22 + 1e-3);
            Assert.Equal(box.Width, box.Height, 1e-3);
            // The object is in the middle, which only the shift moves.
            Assert.InRange(box.Left + box.Width / 2, 40 - 1e-3, 60 + 1e-3);
            Assert.InRange(box.Top + box.Height / 2, 32 - 1e-3, 48 + 1e-3);
        }
    }

    [Fact]
    public void Colours_change_within_their_ranges_and_only_those_switched_on()
    {
        using var distortion = new ColourDistortion();
        ColourOptions light = new()
        {
            Probability = 1,
            Contrast = 1,
            Hue = 0,
            Saturation = 1,
        };
        for (ulong seed = 0; seed < 50; seed++)
        {
            using Mat picture = new(2, 2, MatType.CV_8UC3, new Scalar(90, 100, 110));
            distortion.Apply(picture, light, new SampleRandom(seed));
            Vec3b pixel = picture.At<Vec3b>(1, 1);
            Assert.InRange(pixel.Item0, 90 - 32, 90 + 32);
            Assert.Equal(pixel.Item0 + 20, pixel.Item2);

            using Mat grey = new(2, 2, MatType.CV_8UC3, Scalar.All(100));
            distortion.Apply(
                grey,
                light with
                {
                    Brightness = 0,
                    Hue = 18,
                    Saturation = 1.5,
                },
                new SampleRandom(seed)
            );
            Assert.Equal(new Vec3b(100, 100, 100), grey.At<Vec3b>(0, 0)); // grey has no hue to turn

            using Mat red = new(2, 2, MatType.CV_8UC3, new Scalar(0, 0, 200));
            distortion.Apply(red, light with { Brightness = 0, Hue = 18 }, new SampleRandom(seed));
            Assert.Equal(200, red.At<Vec3b>(0, 0).Item2); // within 36° of red, red stays the strongest
        }
    }

    [Fact]
    public void Options_out_of_range_are_named()
    {
        (AugmentationOptions Options, string Key)[] wrong =
        [
            (
                new() { Mixup = new() { Probability = 1.5 } },
                "mixup.probability is 1.5; allowed: 0 to 1"
            ),
            (new() { Mixup = new() { Alpha = 0.5 } }, "mixup.alpha is 0.5"),
            (
                new()
                {
                    Crop = new() { MinScale = 0.9, MaxScale = 0.5 },
                },
                "crop.min_scale is 0.9"
            ),
            (new() { Crop = new() { MinIous = [] } }, "crop.min_ious"),
            (new() { Affine = new() { Rotation = 200 } }, "affine.rotation is 200"),
            (new() { Interpolations = [] }, "interpolations is empty"),
            (new() { MinSide = double.NaN }, "min_side is NaN"),
        ];
        Assert.All(
            wrong,
            one =>
                Assert.Contains(
                    one.Key,
                    Assert.Throws<DatasetException>(one.Options.Validate).Message,
                    StringComparison.Ordinal
                )
        );
        new AugmentationOptions().Validate();
        AugmentationOptions.None.Validate();
    }

    private static Mat Picture(int width, int height, int brightness) =>
        new(height, width, MatType.CV_8UC3, Scalar.All(brightness));

    private static View Viewing(int width, int height, params LabelledBox[] boxes) =>
        new(new Size(width, height), [.. boxes]);
}

using System.Numerics;
using AsffEdge.Trainer.Augmentation;
using OpenCvSharp;

namespace AsffEdge.Trainer.Tests.Augmentation;

public sealed class ResamplingTests
{
    [Theory]
    [InlineData(Interpolation.Nearest)]
    [InlineData(Interpolation.Linear)]
    [InlineData(Interpolation.Cubic)]
    [InlineData(Interpolation.Area)]
    [InlineData(Interpolation.Lanczos)]
    public void Mirroring_without_resizing_moves_whole_pixels(Interpolation interpolation)
    {
        using Mat source = Noise(50, 40);
        using var canvas = new Mat(40, 50, MatType.CV_8UC3);
        using var resampling = new Resampling();
        View view = Mirrored(50, 40);

        resampling.Draw(source, view, interpolation, canvas);
        resampling.FillOutside(view, Scalar.All(0), canvas);

        using Mat flipped = source.Flip(FlipMode.Y);
        Assert.Equal(0, Cv2.Norm(canvas, flipped, NormTypes.INF));
    }

    [Theory]
    [InlineData(Interpolation.Linear, InterpolationFlags.Linear)]
    [InlineData(Interpolation.Cubic, InterpolationFlags.Cubic)]
    [InlineData(Interpolation.Area, InterpolationFlags.Area)]
    [InlineData(Interpolation.Lanczos, InterpolationFlags.Lanczos4)]
    public void Resizing_a_mirrored_picture_is_resizing_and_mirroring(
        Interpolation interpolation,
        InterpolationFlags flags
    )
    {
        using Mat rough = Noise(50, 40);
        using Mat source = rough.GaussianBlur(new Size(0, 0), 2);
        using var canvas = new Mat(32, 32, MatType.CV_8UC3);
        using var resampling = new Resampling();
        View view = Mirrored(50, 40);
        view.Transform(Matrix3x2.CreateScale(32 / 50f, 32 / 40f));
        view.SetCanvas(32, 32);

        resampling.Draw(source, view, interpolation, canvas);

        using Mat resized = source.Resize(new Size(32, 32), 0, 0, flags);
        using Mat expected = resized.Flip(FlipMode.Y);
        // A warp places pixels to 1/32.
        Assert.InRange(Cv2.Norm(canvas, expected, NormTypes.INF), 0, 3);
    }

    [Fact]
    public void A_crop_never_shows_again_what_it_cut_off()
    {
        using var source = new Mat(100, 100, MatType.CV_8UC3, Scalar.All(255));
        using (var left = new Mat(source, new Rect(0, 0, 50, 100)))
        {
            left.SetTo(Scalar.All(0));
        }

        using var canvas = new Mat(100, 100, MatType.CV_8UC3);
        using var resampling = new Resampling();
        var view = new View(new Size(100, 100), []);
        view.Show(new Rect(50, 0, 50, 100)); // the white half
        view.Transform(Matrix3x2.CreateRotation(0.3f, new Vector2(50, 50)));

        resampling.Draw(source, view, Interpolation.Linear, canvas);
        resampling.FillOutside(view, Scalar.All(128), canvas);

        using Mat grey = canvas.CvtColor(ColorConversionCodes.BGR2GRAY);
        grey.MinMaxLoc(out double darkest, out double brightest);
        Assert.Equal((128, 255), (darkest, brightest));
    }

    private static View Mirrored(int width, int height)
    {
        var view = new View(new Size(width, height), []);
        Mirror.Apply(view, new() { Probability = 1 }, new SampleRandom(0));
        return view;
    }

    private static Mat Noise(int width, int height)
    {
        var random = new SampleRandom(9);
        byte[] values =
        [
            .. Enumerable.Range(0, 3 * width * height).Select(_ => (byte)random.NextBits()),
        ];
        using Mat header = Mat.FromPixelData(height, width, MatType.CV_8UC3, values);
        return header.Clone();
    }
}

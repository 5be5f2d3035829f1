using OpenCvSharp;

namespace AsffEdge.Detection.Tests;

public sealed class PreprocessorTests
{
    private static readonly InputManifest ImageNet = new()
    {
        Name = "images",
        Mean = [0.485f, 0.456f, 0.406f],
        Std = [0.229f, 0.224f, 0.225f],
    };

    [Theory]
    [InlineData("rgb", 64)]
    [InlineData("bgr", 64)]
    [InlineData("rgb", 50)]
    [InlineData("bgr", 7)]
    public void A_picture_of_the_right_size_is_only_normalised(string color, int size)
    {
        using Mat picture = Noise(size, size);
        InputManifest input = ImageNet with { Color = color };

        float[] actual = Run(input, picture, size);

        AssertClose(
            Naive(
                input,
                picture,
                size,
                (row, column, channel) => picture.At<Vec3b>(row, column)[channel]
            ),
            actual,
            1e-5
        );
    }

    [Fact]
    public void A_part_of_a_larger_picture_is_read_with_its_own_row_step()
    {
        using Mat large = Noise(100, 90);
        using Mat part = large[new Rect(11, 5, 64, 64)];
        using Mat copy = part.Clone();

        Assert.Equal(Run(ImageNet, copy, 64), Run(ImageNet, part, 64));
    }

    [Theory]
    [InlineData(160, 90, 64)]
    [InlineData(64, 64, 160)]
    [InlineData(33, 200, 96)]
    [InlineData(1, 1, 32)]
    public void A_picture_of_another_size_is_stretched_bilinearly(int width, int height, int size)
    {
        using Mat picture = Noise(width, height);

        float[] actual = Run(ImageNet, picture, size);

        // OpenCV rounds to whole grey levels (in fixed point: at most one off); a level is 1/255, over the smallest deviation.
        double level = 1.01 / 255 / ImageNet.Std.Min();
        AssertClose(
            Naive(
                ImageNet,
                picture,
                size,
                (row, column, channel) => Bilinear(picture, size, row, column, channel)
            ),
            actual,
            level
        );
    }

    [Fact]
    public void One_instance_serves_changing_pictures_and_sizes()
    {
        using var preprocessor = new Preprocessor(ImageNet);
        foreach ((int width, int size) in new[] { (100, 64), (64, 64), (30, 96), (100, 64) })
        {
            using Mat picture = Noise(width, width);
            float[] actual = new float[3 * size * size];
            preprocessor.Run(picture, size, actual);
            Assert.Equal(Run(ImageNet, picture, size), actual);
        }
    }

    [Fact]
    public void Other_types_and_empty_pictures_are_refused()
    {
        using var preprocessor = new Preprocessor(ImageNet);
        using var grey = new Mat(10, 10, MatType.CV_8UC1, Scalar.Black);
        using var alpha = new Mat(10, 10, MatType.CV_8UC4, Scalar.Black);
        using var empty = new Mat();
        using var good = new Mat(10, 10, MatType.CV_8UC3, Scalar.Black);
        float[] planes = new float[3 * 32 * 32];

        Assert.Contains(
            "CV_8UC1",
            Assert.Throws<ArgumentException>(() => preprocessor.Run(grey, 32, planes)).Message,
            StringComparison.Ordinal
        );
        Assert.Throws<ArgumentException>(() => preprocessor.Run(alpha, 32, planes));
        Assert.Throws<ArgumentException>(() => preprocessor.Run(empty, 32, planes));
        Assert.Throws<ArgumentException>(() => preprocessor.Run(good, 64, planes));
    }

    private static Mat Noise(int width, int height)
    {
        var picture = new Mat(height, width, MatType.CV_8UC3);
        var random = new Random((width * 1000) + height);
        for (int row = 0; row < height; row++)
        {
            random.NextBytes(picture.RowSpan(row));
        }

        return picture;
    }

    private static float[] Run(InputManifest input, Mat picture, int size)
    {
        using var preprocessor = new Preprocessor(input);
        float[] planes = new float[3 * size * size];
        preprocessor.Run(picture, size, planes);
        return planes;
    }

    private static double[] Naive(
        InputManifest input,
        Mat picture,
        int size,
        Func<int, int, int, double> value
    )
    {
        double[] planes = new double[3 * size * size];
        for (int plane = 0; plane < 3; plane++)
        {
            int channel = input.Color == "rgb" ? 2 - plane : plane;
            for (int row = 0; row < size; row++)
            {
                for (int column = 0; column < size; column++)
                {
                    planes[(((plane * size) + row) * size) + column] =
                        ((value(row, column, channel) / 255) - input.Mean[plane])
                        / input.Std[plane];
                }
            }
        }

        return planes;
    }

    /// <summary>Half-pixel centres, edges repeated.</summary>
    private static double Bilinear(Mat picture, int size, int row, int column, int channel)
    {
        double y = Math.Clamp(((row + 0.5) * picture.Rows / size) - 0.5, 0, picture.Rows - 1);
        double x = Math.Clamp(((column + 0.5) * picture.Cols / size) - 0.5, 0, picture.Cols - 1);
        (int top, int left) = ((int)y, (int)x);
        (int bottom, int right) = (
            Math.Min(top + 1, picture.Rows - 1),
            Math.Min(left + 1, picture.Cols - 1)
        );
        double Mix(int line) =>
            (picture.At<Vec3b>(line, left)[channel] * (1 - (x - left)))
            + (picture.At<Vec3b>(line, right)[channel] * (x - left));
        return (Mix(top) * (1 - (y - top))) + (Mix(bottom) * (y - top));
    }

    private static void AssertClose(double[] expected, float[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], actual[i], tolerance);
        }
    }
}

internal static class MatRows
{
    public static unsafe Span<byte> RowSpan(this Mat picture, int row) =>
        new((void*)picture.Ptr(row), 3 * picture.Cols);
}

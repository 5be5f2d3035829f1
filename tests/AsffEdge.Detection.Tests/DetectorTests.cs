using System.Security.Cryptography;
using OpenCvSharp;

namespace AsffEdge.Detection.Tests;

public sealed class DetectorTests : IDisposable
{
    private static readonly Scalar Red = new(0, 0, 255);
    private static readonly Scalar Green = new(0, 255, 0);
    private static readonly Scalar Blue = new(255, 0, 0);

    private readonly ColourCells _models = new();
    private readonly DetectedObject[] _results = new DetectedObject[300];

    public void Dispose() => _models.Dispose();

    [Fact]
    public void A_cell_is_found_where_it_is_with_its_class()
    {
        using Detector detector = _models.Open();
        using Mat picture = ColourCells.Picture(
            320,
            320,
            (new Rect(96, 64, 32, 32), Red),
            (new Rect(0, 256, 32, 32), Blue)
        );

        DetectedObject[] coarse =
        [
            .. Detect(detector, picture, 320)
                .Where(found => found.Level == 0)
                .OrderBy(found => found.ClassId),
        ];

        Assert.Equal(2, coarse.Length);
        AssertBox(new(0.3f, 0.2f, 0.4f, 0.3f), coarse[0].Box);
        AssertBox(new(0, 0.8f, 0.1f, 0.9f), coarse[1].Box);
        Assert.Equal([0, 1], coarse.Select(found => found.ClassId));
        Assert.All(coarse, found => Assert.InRange(found.Score, 0.99f, 1));
    }

    [Fact]
    public void A_picture_is_stretched_to_the_input_and_boxes_are_fractions_of_it()
    {
        using Detector detector = _models.Open();
        using Mat picture = ColourCells.Picture(1280, 640, (new Rect(384, 128, 128, 64), Red));

        DetectedObject found = Detect(detector, picture, 320).Single(found => found.Level == 0);

        AssertBox(new(0.3f, 0.2f, 0.4f, 0.3f), found.Box);
    }

    [Fact]
    public async Task One_input_is_prepared_while_the_session_runs_on_the_other()
    {
        using Detector detector = _models.Open();
        using Mat red = ColourCells.Picture(320, 320, (new Rect(96, 64, 32, 32), Red));
        using Mat blue = ColourCells.Picture(640, 640, (new Rect(0, 512, 64, 64), Blue));
        DetectedObject[] expectedRed = Detect(detector, red, 320);
        DetectedObject[] expectedBlue = Detect(detector, blue, 608);

        for (int round = 0; round < 50; round++)
        {
            detector.Prepare(0, red, 320);
            Task other = Task.Run(
                () => detector.Prepare(1, blue, 608),
                TestContext.Current.CancellationToken
            );
            int count = detector.DetectPrepared(0, 320, 0.5f, 0.6f, _results, out _);
            await other;
            Assert.Equal(expectedRed, _results.Take(count));

            count = detector.DetectPrepared(1, 608, 0.5f, 0.6f, _results, out _);
            Assert.Equal(expectedBlue, _results.Take(count));
        }
    }

    [Fact]
    public void Boxes_are_clipped_to_the_picture()
    {
        using Detector detector = _models.Open();
        using Mat picture = ColourCells.Picture(320, 320, (new Rect(288, 0, 32, 32), Green));

        DetectedObject found = Detect(detector, picture, 320).Single(found => found.Level == 0);

        AssertBox(new(0.8f, 0, 1, 0.2f), found.Box);
        Assert.Equal(0, found.ClassId);
    }

    [Fact]
    public void Both_levels_answer_and_the_best_come_first()
    {
        using Detector detector = _models.Open();
        using Mat picture = ColourCells.Picture(
            320,
            320,
            (new Rect(64, 64, 32, 32), Red),
            (new Rect(176, 176, 16, 16), new Scalar(0, 0, 180))
        );

        DetectedObject[] found = Detect(detector, picture, 320);

        Assert.Equal(5, found.Count(one => one.Level == 1));
        Assert.Equal(1, found.Count(one => one.Level == 0));
        Assert.Equal(found.OrderByDescending(one => one.Score), found);
        AssertBox(new(0.55f, 0.55f, 0.6f, 0.6f), found[^1].Box);
    }

    [Fact]
    public void No_more_objects_than_asked_for_or_than_fit()
    {
        using Detector few = Detector.Open(
            _models.Write(),
            new() { Threads = 1, MaxDetections = 7 }
        );
        using var picture = new Mat(320, 320, MatType.CV_8UC3, Red);

        Assert.Equal(7, few.Detect(picture, 320, 0.5f, 0.6f, _results, out _));
        Assert.Equal(3, few.Detect(picture, 320, 0.5f, 0.6f, _results.AsSpan(0, 3), out _));
    }

    [Fact]
    public void The_score_threshold_holds()
    {
        using Detector detector = _models.Open();
        using var picture = new Mat(320, 320, MatType.CV_8UC3, new Scalar(0, 0, 140));

        DetectedObject[] all = Detect(detector, picture, 320, 0.1f);

        Assert.NotEmpty(all);
        float score = all[0].Score;
        Assert.NotEmpty(Detect(detector, picture, 320, score));
        Assert.Empty(Detect(detector, picture, 320, MathF.BitIncrement(score)));
    }

    [Fact]
    public void Sizes_alternate_and_each_gives_the_same_as_before()
    {
        using Detector detector = _models.Open();
        using Mat picture = ColourCells.Picture(
            640,
            480,
            (new Rect(100, 100, 200, 150), Red),
            (new Rect(400, 50, 90, 300), Blue)
        );
        int[] sizes = [64, 320, 416, 608, 800];
        foreach (int size in sizes)
        {
            detector.Warm(size);
        }

        DetectedObject[][] first = [.. sizes.Select(size => Detect(detector, picture, size))];

        Assert.All(first, Assert.NotEmpty);
        for (int round = 0; round < 3; round++)
        {
            for (int i = sizes.Length - 1; i >= 0; i--)
            {
                Assert.Equal(first[i], Detect(detector, picture, sizes[i]));
            }
        }
    }

    [Fact]
    public void A_ready_tensor_gives_what_the_picture_gives()
    {
        using Detector detector = _models.Open();
        using Mat picture = ColourCells.Picture(320, 320, (new Rect(96, 64, 32, 32), Red));
        DetectedObject[] expected = Detect(detector, picture, 320);
        float[] tensor = new float[3 * 320 * 320];
        using var preprocessor = new Preprocessor(ColourCells.Manifest.Input);
        preprocessor.Run(picture, 320, tensor);

        detector.Warm(64);
        detector.RunTensor(tensor, 320);
        int count = detector.Decode(0.5f, 0.6f, _results);

        Assert.Equal(expected.Length, count);
        Assert.Equal(new HeadShape(1, 16, 2, 2, 20, 20), detector.HeadShapes[1]);
        Assert.Equal(2 * 7 * 20 * 20, detector.HeadMap(1).Length);
        for (int i = 0; i < count; i++)
        {
            Box box = _results[i].Box;
            AssertBox(
                expected[i].Box,
                new(box.Left / 320, box.Top / 320, box.Right / 320, box.Bottom / 320)
            );
        }
    }

    [Fact]
    public void The_timings_add_up_to_the_call()
    {
        using Detector detector = _models.Open();
        using var picture = new Mat(600, 800, MatType.CV_8UC3, Red);
        long start = System.Diagnostics.Stopwatch.GetTimestamp();

        detector.Detect(picture, 608, 0.5f, 0.6f, _results, out DetectTimings timings);

        double total = System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        Assert.True(
            timings.PreprocessMs > 0 && timings.InferenceMs > 0 && timings.PostprocessMs > 0
        );
        Assert.InRange(
            timings.PreprocessMs + timings.InferenceMs + timings.PostprocessMs,
            0,
            total
        );
    }

    [Fact]
    public void The_hash_is_that_of_the_file()
    {
        string path = _models.Write();
        using Detector detector = Detector.Open(path, new());

        Assert.Equal(
            Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path))),
            detector.Sha256,
            ignoreCase: true
        );
        Assert.Equal("cpu", detector.Provider);
        Assert.Empty(detector.SkippedProviders);
    }

    private DetectedObject[] Detect(Detector detector, Mat picture, int size, float score = 0.5f)
    {
        int count = detector.Detect(picture, size, score, 0.6f, _results, out _);
        return _results[..count];
    }

    private static void AssertBox(Box expected, Box actual)
    {
        const float Tolerance = 1e-5f;
        Assert.Equal(expected.Left, actual.Left, Tolerance);
        Assert.Equal(expected.Top, actual.Top, Tolerance);
        Assert.Equal(expected.Right, actual.Right, Tolerance);
        Assert.Equal(expected.Bottom, actual.Bottom, Tolerance);
    }
}

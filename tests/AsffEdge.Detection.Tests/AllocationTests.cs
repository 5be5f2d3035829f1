using OpenCvSharp;

namespace AsffEdge.Detection.Tests;

/// <summary>The steady state allocates nothing on the managed heap.</summary>
public sealed class AllocationTests : IDisposable
{
    private readonly ColourCells _models = new();

    public void Dispose() => _models.Dispose();

    [Fact]
    public void Detecting_at_changing_sizes_allocates_nothing()
    {
        using Detector detector = _models.Open();
        using Mat picture = ColourCells.Picture(
            1280,
            720,
            (new Rect(100, 100, 200, 150), new Scalar(0, 0, 255)),
            (new Rect(600, 300, 300, 300), new Scalar(255, 0, 0))
        );
        var results = new DetectedObject[300];
        int found = 0;

        long bytes = AllocatedBy(
            () =>
            {
                found += detector.Detect(picture, 320, 0.3f, 0.6f, results, out _);
                found += detector.Detect(picture, 608, 0.3f, 0.6f, results, out _);
            },
            20
        );

        Assert.True(found > 0);
        Assert.Equal(0, bytes);
    }

    [Fact]
    public void Detecting_with_a_RetinaNet_at_changing_sizes_allocates_nothing()
    {
        using Detector detector = Detector.Open(_models.WriteRetina(), new() { Threads = 1 });
        using Mat picture = ColourCells.Picture(
            1280,
            720,
            (new Rect(100, 100, 200, 150), new Scalar(0, 0, 255)),
            (new Rect(600, 300, 300, 300), new Scalar(255, 0, 0))
        );
        var results = new DetectedObject[300];
        int found = 0;

        long bytes = AllocatedBy(
            () =>
            {
                found += detector.Detect(picture, 320, 0.3f, 0.6f, results, out _);
                found += detector.Detect(picture, 800, 0.3f, 0.6f, results, out _);
            },
            20
        );

        Assert.True(found > 0);
        Assert.Equal(0, bytes);
    }

    [Theory]
    [InlineData(300)]
    [InlineData(5000)]
    public void Decoding_and_suppressing_a_crowd_allocates_nothing(int crowd)
    {
        var shape = new HeadShape(2, 8, 4, 3, 76, 76);
        float[] head = new float[shape.Length];
        var random = new Random(3);
        for (int i = 0; i < head.Length; i++)
        {
            head[i] = random.NextSingle();
        }

        for (int prediction = 0; prediction < shape.Predictions; prediction++)
        {
            Span<float> objectness = head.AsSpan(((prediction * 8) + 4) * shape.Cells, shape.Cells);
            objectness.Fill(-8);
            objectness[..(crowd / shape.Predictions)].Fill(3);
        }

        var candidates = new CandidateBuffer(1000);
        int kept = 0;

        long bytes = AllocatedBy(
            () =>
            {
                candidates.Clear();
                YoloDecoder.Decode(head, shape, 0.25f, candidates);
                kept = NonMaximumSuppression.Suppress(candidates.Best(), 0.6f);
            },
            20
        );

        Assert.InRange(kept, 100, 1000);
        Assert.Equal(0, bytes);
    }

    private static long AllocatedBy(Action action, int times)
    {
        // The first calls may compile, rent and bind.
        action();
        action();
        long before = ThreadAllocations.SoFar();
        for (int i = 0; i < times; i++)
        {
            action();
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}

using OpenCvSharp;

namespace AsffEdge.Detection.Tests;

/// <summary>A RetinaNet in the detector: the answers of a graph that are known by construction.</summary>
public sealed class RetinaDetectorTests : IDisposable
{
    private readonly ColourCells _models = new();
    private readonly DetectedObject[] _results = new DetectedObject[300];

    public void Dispose() => _models.Dispose();

    [Theory]
    [InlineData(320)]
    [InlineData(800)]
    public void Cells_are_found_where_they_are_with_their_classes(int size)
    {
        using Detector detector = Detector.Open(_models.WriteRetina(), new() { Threads = 1 });
        using Mat picture = ColourCells.Picture(
            size,
            size,
            (new Rect(96, 64, 32, 32), Scalar.Red),
            (new Rect(0, 256, 32, 32), Scalar.Blue)
        );
        int count = detector.Detect(picture, size, 0.6f, 0.6f, _results, out _);
        DetectedObject[] coarse =
        [
            .. _results[..count].Where(found => found.Level == 1).OrderBy(found => found.ClassId),
        ];

        Assert.Equal(DecoderKind.Retinanet, detector.Manifest.DecoderKind);
        Assert.Equal([0, 1], coarse.Select(found => found.ClassId));
        AssertBox(96, 64, size, coarse[0].Box);
        AssertBox(0, 256, size, coarse[1].Box);
        Assert.All(coarse, found => Assert.InRange(found.Score, 0.99f, 1));
        // Four fine cells make each of the coarse ones; the coarsest level sees nothing.
        Assert.Equal(8, _results[..count].Count(found => found.Level == 2));
        Assert.Equal(10, count);
    }

    [Fact]
    public void Each_class_of_an_anchor_is_a_detection_of_its_own_and_has_its_own_threshold()
    {
        using Detector detector = Detector.Open(_models.WriteRetina(), new() { Threads = 1 });
        // Red 1 and blue 0.6: scores of σ(10) and σ(2).
        using Mat picture = ColourCells.Picture(
            320,
            320,
            (new Rect(96, 64, 32, 32), new Scalar(153, 0, 255))
        );
        int both = detector.Detect(picture, 320, 0.85f, 0.6f, _results, out _);
        Assert.Equal([0, 1], Classes(both));
        int one = detector.Detect(picture, 320, 0.9f, 0.6f, _results, out _);
        Assert.Equal([0], Classes(one));
    }

    [Fact]
    public void Both_detectors_find_the_same()
    {
        using Detector yolo = _models.Open();
        using Detector retina = Detector.Open(_models.WriteRetina(), new() { Threads = 1 });
        // Green: the box of three cells, clipped by the picture's edge.
        using Mat picture = ColourCells.Picture(320, 320, (new Rect(288, 0, 32, 32), Scalar.Lime));
        foreach ((Detector detector, int level) in ((Detector, int)[])[(yolo, 0), (retina, 1)])
        {
            int count = detector.Detect(picture, 320, 0.6f, 0.6f, _results, out _);
            DetectedObject found = _results[..count].Single(found => found.Level == level);
            Assert.Equal(0, found.ClassId);
            Assert.Equal(0.8f, found.Box.Left, 1e-4);
            Assert.Equal(0, found.Box.Top, 1e-4);
            Assert.Equal(1, found.Box.Right, 1e-4);
            Assert.Equal(0.2f, found.Box.Bottom, 1e-4);
        }
    }

    private int[] Classes(int count) =>
        [.. _results[..count].Select(found => found.ClassId).Distinct().Order()];

    private static void AssertBox(int left, int top, float size, Box box)
    {
        Assert.Equal(left / size, box.Left, 1e-4);
        Assert.Equal(top / size, box.Top, 1e-4);
        Assert.Equal((left + 32) / size, box.Right, 1e-4);
        Assert.Equal((top + 32) / size, box.Bottom, 1e-4);
    }
}

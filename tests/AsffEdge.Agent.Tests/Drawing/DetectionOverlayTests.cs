using AsffEdge.Agent.Drawing;
using AsffEdge.Detection;
using OpenCvSharp;

namespace AsffEdge.Agent.Tests.Drawing;

public sealed class DetectionOverlayTests
{
    [Fact]
    public void A_box_is_drawn_at_its_fractions_and_nothing_inside_it()
    {
        using var picture = new Mat(200, 400, MatType.CV_8UC3, Scalar.Black);

        DetectionOverlay.Draw(picture, [Found(new Box(0.25f, 0.5f, 0.75f, 0.9f), 0)], ["person"]);

        foreach ((int x, int y) in new[] { (100, 150), (299, 150), (200, 100), (200, 179) })
        {
            Assert.True(IsLit(picture, x, y), $"no line near ({x}, {y})");
        }

        Assert.Equal(default, picture.At<Vec3b>(150, 200));
        Assert.Equal(default, picture.At<Vec3b>(20, 200));
        // The label, above the box.
        Assert.True(IsLit(picture, 104, 95));
    }

    [Fact]
    public void Classes_differ_in_colour_and_any_box_can_be_drawn()
    {
        using var first = new Mat(64, 64, MatType.CV_8UC3, Scalar.Black);
        using var second = first.Clone();
        DetectionOverlay.Draw(first, [Found(new Box(0, 0, 1, 1), 0)], ["a", "b"]);
        DetectionOverlay.Draw(second, [Found(new Box(0, 0, 1, 1), 1)], ["a", "b"]);
        Assert.NotEqual(first.At<Vec3b>(63, 30), second.At<Vec3b>(63, 30));

        foreach ((int width, int height) in new[] { (1, 1), (1, 500), (2000, 3) })
        {
            using var picture = new Mat(height, width, MatType.CV_8UC3, Scalar.Black);
            DetectionOverlay.Draw(
                picture,
                [Found(new Box(0, 0, 1, 1), 7), Found(new Box(0.4f, 0.4f, 0.4f, 0.4f), 0)],
                ["only"]
            );
            Assert.Equal((width, height), (picture.Width, picture.Height));
        }
    }

    private static DetectedObject Found(Box box, int classId) => new(box, 0.9f, 0.9f, classId, 0);

    private static bool IsLit(Mat picture, int x, int y)
    {
        using Mat around = picture[new Rect(x - 2, y - 2, 5, 5)];
        return Cv2.Sum(around).Val0 + Cv2.Sum(around).Val1 + Cv2.Sum(around).Val2 > 0;
    }
}

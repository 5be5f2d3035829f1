using AsffEdge.Detection;
using AsffEdge.Trainer.Visualization;
using OpenCvSharp;

namespace AsffEdge.Trainer.Tests.Visualization;

public sealed class LevelOverlayTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void A_box_has_the_colour_of_its_level_and_lies_where_it_was_found(int level)
    {
        using var picture = new Mat(100, 200, MatType.CV_8UC3, Scalar.Black);
        var found = new DetectedObject(new Box(0.25f, 0.3f, 0.75f, 0.8f), 0.9f, 1, 0, level);
        LevelOverlay.Draw(picture, [found], ["person"]);
        Scalar colour = Caption.ColourOf(level);
        var expected = new Vec3b((byte)colour.Val0, (byte)colour.Val1, (byte)colour.Val2);
        Assert.Equal(expected, picture.At<Vec3b>(55, 50));
        Assert.Equal(expected, picture.At<Vec3b>(80, 140));
        Assert.Equal(default, picture.At<Vec3b>(55, 100));
        Assert.Equal(3, Enumerable.Range(0, 3).Select(Caption.ColourOf).Distinct().Count());
    }
}

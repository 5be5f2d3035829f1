using AsffEdge.Trainer.Visualization;
using OpenCvSharp;

namespace AsffEdge.Trainer.Tests.Visualization;

/// <summary>Values become viridis colours, each cell its own rectangle.</summary>
public sealed class HeatMapTests
{
    // Published ends and middle of viridis, BGR.
    private static readonly Vec3b Dark = new(84, 1, 68);
    private static readonly Vec3b Middle = new(140, 144, 33);
    private static readonly Vec3b Bright = new(37, 231, 253);

    [Fact]
    public void Cells_have_the_colour_of_their_value_where_they_lie()
    {
        using Mat picture = HeatMap.Draw([-1, 0.5f, 0, 7], 0, 1, new Size(40, 20));
        Assert.Equal(new Size(40, 20), picture.Size());
        (int Row, int Column, Vec3b Colour)[] expected =
        [
            (0, 0, Dark),
            (9, 19, Dark),
            (0, 20, Middle),
            (9, 39, Middle),
            (10, 0, Dark),
            (19, 39, Bright),
        ];
        foreach ((int row, int column, Vec3b colour) in expected)
        {
            Vec3b actual = picture.At<Vec3b>(row, column);
            Assert.True(
                Math.Abs(actual[0] - colour[0]) <= 4
                    && Math.Abs(actual[1] - colour[1]) <= 4
                    && Math.Abs(actual[2] - colour[2]) <= 4,
                $"({row}, {column}) is {actual}, expected {colour}"
            );
        }
    }

    [Fact]
    public void A_map_of_one_value_is_drawn()
    {
        using Mat picture = HeatMap.Draw([3, 3, 3, 3], 3, 3, new Size(8, 8));
        Assert.Equal(picture.At<Vec3b>(0, 0), picture.At<Vec3b>(7, 7));
    }
}

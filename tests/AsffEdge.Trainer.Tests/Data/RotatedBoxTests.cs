using AsffEdge.Trainer.Data;

namespace AsffEdge.Trainer.Tests.Data;

public sealed class RotatedBoxTests
{
    private const double Tolerance = 1e-6;
    private const int Cases = 300;

    [Fact]
    public void It_is_the_smallest_upright_box_around_the_corners() =>
        Laws.Hold(
            Cases,
            random =>
            {
                double[] box = Box(random);
                double degrees = random.NextDouble() * 1440 - 720;
                (double sine, double cosine) = Math.SinCos(degrees * Math.PI / 180);
                (double x, double y) = (box[0] + box[2] / 2, box[1] + box[3] / 2);
                (double X, double Y)[] corners =
                [
                    .. from side in (double[])[-1, 1]
                    from end in (double[])[-1, 1]
                    let right = side * box[2] / 2
                    let down = end * box[3] / 2
                    select (x + right * cosine - down * sine, y + right * sine + down * cosine),
                ];

                double[] found = RotatedBox.Enclosing(box, degrees);

                Equal(
                    [
                        corners.Min(corner => corner.X),
                        corners.Min(corner => corner.Y),
                        corners.Max(corner => corner.X) - corners.Min(corner => corner.X),
                        corners.Max(corner => corner.Y) - corners.Min(corner => corner.Y),
                    ],
                    found
                );
            }
        );

    [Fact]
    public void Half_a_turn_changes_nothing_and_a_quarter_swaps_the_sides() =>
        Laws.Hold(
            Cases,
            random =>
            {
                double[] box = Box(random);
                int turns = random.Next(-4, 5);
                Assert.False(RotatedBox.IsTurned(180 * turns));
                Assert.True(RotatedBox.IsTurned(180 * turns + 90));
                Equal(box, RotatedBox.Enclosing(box, 180 * turns));

                double[] quarter = RotatedBox.Enclosing(box, 180 * turns + 90);
                Equal(
                    [
                        box[0] + (box[2] - box[3]) / 2,
                        box[1] + (box[3] - box[2]) / 2,
                        box[3],
                        box[2],
                    ],
                    quarter
                );
            }
        );

    [Fact]
    public void Both_directions_give_the_same() =>
        Laws.Hold(
            Cases,
            random =>
            {
                double[] box = Box(random);
                double degrees = random.NextDouble() * 360;
                Equal(RotatedBox.Enclosing(box, degrees), RotatedBox.Enclosing(box, -degrees));
            }
        );

    [Fact]
    public void What_is_cut_is_inside_and_nothing_that_is_inside_is_lost() =>
        Laws.Hold(
            Cases,
            random =>
            {
                double[] box = Box(random);
                (int width, int height) = (random.Next(1, 200), random.Next(1, 200));

                double[] cut = RotatedBox.CutTo(box, width, height);

                bool isOutside =
                    box[0] >= width
                    || box[1] >= height
                    || box[0] + box[2] <= 0
                    || box[1] + box[3] <= 0;
                if (isOutside)
                {
                    Assert.Same(box, cut);
                    return;
                }

                Assert.True(cut[0] >= 0 && cut[1] >= 0 && cut[2] > 0 && cut[3] > 0);
                Assert.True(cut[0] + cut[2] <= width + Tolerance);
                Assert.True(cut[1] + cut[3] <= height + Tolerance);
                // A point is in both or in none.
                double x = random.NextDouble() * width;
                double y = random.NextDouble() * height;
                Assert.Equal(Contains(box, x, y), Contains(cut, x, y));
            }
        );

    private static bool Contains(double[] box, double x, double y) =>
        x >= box[0] && y >= box[1] && x < box[0] + box[2] && y < box[1] + box[3];

    private static double[] Box(Random random) =>
        [
            random.NextDouble() * 400 - 100,
            random.NextDouble() * 400 - 100,
            random.NextDouble() * 200 + 0.01,
            random.NextDouble() * 200 + 0.01,
        ];

    private static void Equal(double[] expected, double[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(
            expected.Zip(actual),
            pair => Assert.InRange(pair.Second, pair.First - Tolerance, pair.First + Tolerance)
        );
    }
}

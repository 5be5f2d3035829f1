using AsffEdge.Detection;
using AsffEdge.Trainer.Footage;

namespace AsffEdge.Trainer.Tests.Footage;

public sealed class NearDuplicatesTests
{
    private static readonly DifferenceHash Scene = new(1, 2, 3, 4);

    [Fact]
    public void The_same_scene_with_the_same_objects_is_a_duplicate()
    {
        var near = new NearDuplicates(bits: 10);

        Assert.True(near.Keep(Scene, Picture(96, [10, 10, 20, 30], [50, 10, 20, 30])));
        // In another order, a little off.
        Assert.False(near.Keep(Off(10), Picture(96, [51, 11, 20, 30], [10, 10, 20, 29])));
        // The same in a picture of twice the size.
        Assert.False(near.Keep(Scene, Picture(192, [20, 20, 40, 60], [100, 20, 40, 60])));
    }

    [Fact]
    public void Another_scene_or_other_objects_are_none()
    {
        var near = new NearDuplicates(bits: 10);
        Assert.True(near.Keep(Scene, Picture(96, [10, 10, 20, 30], [50, 10, 20, 30])));

        Assert.True(near.Keep(Off(11), Picture(96, [10, 10, 20, 30], [50, 10, 20, 30])));
        Assert.True(near.Keep(Scene, Picture(96, [10, 10, 20, 30])));
        Assert.True(near.Keep(Scene, Picture(96, [10, 10, 20, 30], [60, 10, 20, 30])));
        // Two objects in one place are not one in each.
        Assert.True(near.Keep(Scene, Picture(96, [10, 10, 20, 30], [10, 10, 20, 30])));
    }

    [Fact]
    public void Below_0_none_is_a_duplicate()
    {
        var near = new NearDuplicates(bits: -1);

        Assert.True(near.Keep(Scene, Picture(96, [10, 10, 20, 30])));
        Assert.True(near.Keep(Scene, Picture(96, [10, 10, 20, 30])));
    }

    private static DifferenceHash Off(int bits) => Scene with { A = Scene.A ^ (1UL << bits) - 1 };

    private static DatasetItem Picture(int width, params double[][] boxes) =>
        new(
            DatasetPart.Train,
            new FootageImage
            {
                Id = 1,
                FileName = "edge-1/gate/2026-03-01/120000.000.jpg",
                Width = width,
                Height = width * 2 / 3,
                DateCaptured = TestPack.At(0),
                Camera = "edge-1/gate",
                Policy = "interval",
                Profile = "balanced",
                InputSize = 416,
                ScoreThreshold = 0.3,
                Model = new FootageModel("pedestrian", "1.0.0", new string('a', 64)),
                MasksApplied = true,
            },
            [
                .. boxes.Select(
                    (box, index) =>
                        new FootageAnnotation
                        {
                            Id = index + 1,
                            ImageId = 1,
                            CategoryId = 1,
                            Bbox = box,
                            Area = box[2] * box[3],
                            Source = FootageAnnotation.Model,
                        }
                ),
            ]
        );
}

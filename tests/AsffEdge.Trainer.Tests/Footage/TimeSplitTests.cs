using AsffEdge.Trainer.Footage;

namespace AsffEdge.Trainer.Tests.Footage;

public sealed class TimeSplitTests
{
    [Fact]
    public void Neighbours_never_fall_on_both_sides() =>
        Laws.Hold(
            200,
            random =>
            {
                double gap = random.Next(3) == 0 ? 0 : 300 * random.NextDouble();
                double block = Math.Max(1, 2 * gap + 1000 * random.NextDouble());
                var split = new TimeSplit(new SplitOptions(block, gap, random.Next(2, 10), []));
                string camera = $"edge-1/{random.Next()}";
                double start = random.Next();
                // A dense stretch over many blocks, so that there are neighbours at every boundary.
                DateTime[] times =
                [
                    .. Enumerable
                        .Range(0, 600)
                        .Select(index =>
                            TestPack.At(start + (index + random.NextDouble()) * block / 20)
                        ),
                ];
                DateTime[] Of(DatasetPart part) =>
                    [.. times.Where(time => split.PartOf(camera, time) == part)];

                DateTime[] held = Of(DatasetPart.Validation);
                Assert.NotEmpty(held);
                Assert.All(
                    Of(DatasetPart.Train),
                    time =>
                        Assert.True(held.Min(other => Math.Abs((other - time).TotalSeconds)) >= gap)
                );
            }
        );

    [Fact]
    public void One_block_of_so_many_is_held_out_at_changing_places()
    {
        var split = new TimeSplit(new SplitOptions(3600, 0, 4, []));
        int[] held =
        [
            .. Enumerable
                .Range(0, 400)
                .Where(hour =>
                    split.PartOf("edge-1/gate", DateTime.UnixEpoch.AddHours(hour))
                    == DatasetPart.Validation
                ),
        ];

        Assert.Equal(Enumerable.Range(0, 100), held.Select(hour => hour / 4));
        // Hours of the day: four blocks divide it, but the place within a group is drawn.
        Assert.Equal(4, held.Select(hour => hour % 4).Distinct().Count());
    }

    [Fact]
    public void A_camera_can_be_held_out_altogether()
    {
        var split = new TimeSplit(new SplitOptions(10, 1, 0, ["edge-1/gate"]));

        Assert.Equal(DatasetPart.Validation, split.PartOf("edge-1/gate", TestPack.At(0)));
        Assert.Equal(DatasetPart.Train, split.PartOf("edge-2/gate", TestPack.At(0)));
    }
}

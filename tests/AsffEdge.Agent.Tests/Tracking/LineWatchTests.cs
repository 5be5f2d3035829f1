using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Tracking;
using AsffEdge.Detection;

namespace AsffEdge.Agent.Tests.Tracking;

public sealed class LineWatchTests
{
    // Seen along it, from left to right across the picture, its right is below.
    private static LineWatch New(params string[] classes) =>
        new(
            new Dictionary<string, LineOptions> { ["gate"] = new(["0.2 0.5", "0.8 0.5"], classes) },
            ["person", "car"],
            1
        );

    [Fact]
    public void A_crossing_is_told_once_with_its_direction()
    {
        LineWatch watch = New();

        Assert.Equal([0, 0, 0, 1, 0], Walk(watch, (0.5f, 0.3f), (0.5f, 0.7f), 5));
        Assert.Equal([0, 0, -1, 0], Walk(watch, (0.5f, 0.7f), (0.5f, 0.3f), 4));
    }

    [Fact]
    public void However_the_box_trembles_on_the_line_one_passage_is_one_crossing()
    {
        LineWatch watch = New();
        Random random = new(5);
        int[] sides =
        [
            .. Enumerable
                .Range(0, 400)
                .Select(frame =>
                    At(watch, 0.5f, 0.4f + (frame / 2000f) + (0.004f * random.NextSingle()))
                ),
        ];

        Assert.Equal([1], sides.Where(side => side != 0));
    }

    [Fact]
    public void Who_goes_around_its_end_does_not_cross_it()
    {
        LineWatch watch = New();

        Assert.All(Walk(watch, (0.9f, 0.3f), (0.9f, 0.7f), 20), side => Assert.Equal(0, side));
        Assert.All(Walk(watch, (0.9f, 0.7f), (0.5f, 0.7f), 20), side => Assert.Equal(0, side));
        // Back through it: from the side that was reached around the end.
        Assert.Equal(-1, Walk(watch, (0.5f, 0.7f), (0.5f, 0.3f), 20).Sum());
    }

    [Fact]
    public void Who_was_hidden_while_it_crossed_has_crossed()
    {
        LineWatch watch = New();
        At(watch, 0.4f, 0.3f);

        Assert.Equal(1, At(watch, 0.6f, 0.8f));
    }

    [Fact]
    public void Other_classes_may_cross()
    {
        LineWatch watch = New("car");
        At(watch, 0.5f, 0.3f);

        Assert.Equal(0, At(watch, 0.5f, 0.8f));
    }

    [Fact]
    public void A_new_track_in_a_slot_has_not_come_from_where_the_one_before_was()
    {
        LineWatch watch = New();
        At(watch, 0.5f, 0.3f);

        watch.Forget(0);

        Assert.Equal(0, At(watch, 0.5f, 0.8f));
    }

    private static int[] Walk(
        LineWatch watch,
        (float X, float Y) from,
        (float X, float Y) to,
        int frames
    ) =>
        [
            .. Enumerable
                .Range(0, frames)
                .Select(frame => frame / (frames - 1f))
                .Select(part =>
                    At(watch, from.X + (part * (to.X - from.X)), from.Y + (part * (to.Y - from.Y)))
                ),
        ];

    private static int At(LineWatch watch, float x, float foot) =>
        watch.Cross(0, 0, 0, new Box(x - 0.02f, foot - 0.1f, x + 0.02f, foot));
}

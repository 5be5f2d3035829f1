using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Tracking;
using AsffEdge.Detection;

namespace AsffEdge.Agent.Tests.Tracking;

public sealed class ZoneWatchTests
{
    [Theory]
    [InlineData(0.5f, 0.6f, true)]
    [InlineData(0.5f, 0.4f, false)]
    [InlineData(0.5f, 1f, true)] // a foot that is cut off at the picture's edge
    [InlineData(1f, 1f, true)]
    [InlineData(0f, 0.6f, true)]
    public void An_object_is_where_its_foot_is(float x, float foot, bool isInside)
    {
        CameraZones zones = new(
            new Dictionary<string, ZoneOptions>
            {
                ["below"] = new(["0 0.5", "1 0.5", "1 1", "0 1"], []),
                ["cars"] = new(["0 0", "1 0", "1 1", "0 1"], ["car"]),
            },
            ["person", "car"]
        );
        Box box = new(x - 0.1f, foot - 0.3f, x + 0.1f, foot);

        Assert.Equal(isInside ? 0b01ul : 0, zones.Of(0, box));
        Assert.Equal(isInside ? 0b11ul : 0b10, zones.Of(1, box));
    }

    [Fact]
    public void Who_trembles_on_an_edge_stays_where_it_was()
    {
        ZoneWatch watch = new(1, 2);
        Assert.Equal(0b10ul, watch.Crossed(0, 0b10, 0, isNew: true));
        watch.Inside(0) = 0b10;
        for (int frame = 1; frame < 100; frame++)
        {
            // Out for two frames, in for one.
            Assert.Equal(
                0ul,
                watch.Crossed(0, frame % 3 == 0 ? 0b10ul : 0, frame / 25.0, isNew: false)
            );
        }
    }

    [Theory]
    [InlineData(25, 9)]
    [InlineData(5, 3)]
    [InlineData(1, 2)]
    public void Who_has_left_is_believed_after_a_third_of_a_second_and_two_frames(
        int fps,
        int frames
    )
    {
        ZoneWatch watch = new(1, 1);
        watch.Crossed(0, 1, 0, isNew: true);
        watch.Inside(0) = 1;
        int frame = 0;
        do
        {
            frame++;
        } while (watch.Crossed(0, 0, (double)frame / fps, isNew: false) == 0);

        Assert.Equal(frames, frame);
    }

    [Fact]
    public void A_new_track_in_a_slot_knows_nothing_of_the_one_before()
    {
        ZoneWatch watch = new(1, 1);
        watch.Crossed(0, 1, 0, isNew: true);
        watch.Inside(0) = 1;
        watch.Crossed(0, 0, 0.1, isNew: false);

        watch.Forget(0);

        Assert.Equal(1ul, watch.Crossed(0, 1, 5, isNew: true));
        watch.Inside(0) = 1;
        Assert.Equal(0ul, watch.Crossed(0, 0, 5.1, isNew: false));
    }
}

using AsffEdge.Agent.Models.Shadow;
using AsffEdge.Detection;
using AsffEdge.Messaging;

namespace AsffEdge.Agent.Tests.Models;

public sealed class ShadowTests
{
    [Fact]
    public void Objects_agree_in_pairs_of_one_class_that_overlap()
    {
        ShadowScore score = new();
        score.Add(
            [At(0.1f), At(0.12f), At(0.5f, classId: 1), At(0.8f)],
            [At(0.1f), At(0.5f), At(0.81f)]
        );

        ModelShadow seen = score.ToMessage();

        // One at 0.1 (the second has nobody left), none at 0.5 (another class), one at 0.8.
        Assert.Equal((1, 4, 3), (seen.Frames, seen.Objects, seen.CurrentObjects));
        Assert.Equal(Math.Round(4.0 / 7, 3), seen.Agreement);
        Assert.Null(seen.InferenceMsP50);
    }

    [Fact]
    public void Each_takes_the_partner_that_it_overlaps_most()
    {
        ShadowScore score = new();
        score.Add([At(0.20f), At(0.22f)], [At(0.22f), At(0.20f)]);

        Assert.Equal(1, score.ToMessage().Agreement);
    }

    [Fact]
    public void Times_are_compared_as_they_were_beside_one_another_and_where_they_never_were_as_they_were_alone()
    {
        ShadowScore score = new();
        score.AddTime(20);
        score.AddCurrentTime(10, isBeside: false);
        Assert.Equal(
            (20, 10),
            (score.ToMessage().InferenceMsP50, score.ToMessage().CurrentInferenceMsP50)
        );

        score.AddCurrentTime(19, isBeside: true);
        Assert.Equal(19, score.ToMessage().CurrentInferenceMsP50);
    }

    [Fact]
    public void Of_many_times_the_last_ones_count()
    {
        RecentTimes times = new();
        Assert.Null(times.Median);
        for (int i = 0; i < 3 * 4096; i++)
        {
            times.Add(i < 2 * 4096 ? 1 : 5.04);
        }

        Assert.Equal(5, times.Median);
    }

    [Theory]
    [InlineData(0, null, 10.0, 10.0, 5, "no frame")]
    [InlineData(9, 0.5, 10.0, 10.0, 5, "expected at least 0.6")]
    [InlineData(9, null, 10.0, 10.0, 5, "neither model found anything")]
    [InlineData(9, 0.7, 250.0, 100.0, 5, "250 ms")]
    [InlineData(9, 0.7, 150.0, 100.0, 50, null)] // not twice as slow
    [InlineData(9, 0.7, 150.0, 50.0, 5, null)] // three times as slow, and fast enough
    [InlineData(9, 0.7, 250.0, null, 5, null)] // nothing to compare with
    public void What_speaks_against_a_model_is_said(
        int frames,
        double? agreement,
        double? ms,
        double? currentMs,
        double wantedFps,
        string? why
    )
    {
        ModelShadow seen = new(frames, 10, 10)
        {
            Agreement = agreement,
            InferenceMsP50 = ms,
            CurrentInferenceMsP50 = currentMs,
        };

        string? said = ShadowTrial.WhyBad(seen, 0.6, wantedFps, 60);

        if (why is null)
        {
            Assert.Null(said);
        }
        else
        {
            Assert.Contains(why, said, StringComparison.Ordinal);
        }
    }

    private static DetectedObject At(float left, int classId = 0) =>
        new(new Box(left, 0.1f, left + 0.1f, 0.3f), 0.9f, 0.9f, classId, 0);
}

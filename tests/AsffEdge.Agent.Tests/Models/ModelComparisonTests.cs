using AsffEdge.Agent.Models;

namespace AsffEdge.Agent.Tests.Models;

public sealed class ModelComparisonTests
{
    [Theory]
    [InlineData(100, 2, 100, 0, true)]
    [InlineData(100, 10, 100, 1, false)]
    [InlineData(100, 11, 100, 1, true)]
    [InlineData(100, 2, 49, 0, false)] // too few frames after
    [InlineData(49, 10, 100, 0, false)] // too few before
    [InlineData(100, 0, 100, 0, false)] // nothing was to be expected
    public void A_collapse_is_less_than_a_tenth_where_there_was_enough_to_judge_by(
        int framesBefore,
        int objectsBefore,
        int framesAfter,
        int objectsAfter,
        bool collapsed
    )
    {
        string? why = ModelComparison.WhyCollapsed(
            Frames(0, framesBefore, objectsBefore),
            Frames(0, framesAfter, objectsAfter)
        );

        Assert.Equal(collapsed, why is not null);
    }

    [Fact]
    public void Cameras_are_compared_with_themselves()
    {
        // The busy camera has gone: what is left finds what it found before.
        Assert.Null(
            ModelComparison.WhyCollapsed(
                [.. Frames(0, 100, 20), .. Frames(1, 100, 1)],
                Frames(1, 100, 1)
            )
        );
        Assert.Null(ModelComparison.WhyCollapsed(Frames(0, 100, 20), Frames(1, 100, 0)));
    }

    [Theory]
    [InlineData(416, 10, 21, true)]
    [InlineData(416, 10, 19, false)]
    [InlineData(320, 10, 100, false)] // another size: nothing to compare with
    public void Slower_is_more_than_twice_the_time_at_the_same_size(
        int size,
        float before,
        float after,
        bool slower
    )
    {
        string? why = ModelComparison.WhySlower(
            Frames(0, 30, 1, 416, before),
            Frames(0, 30, 1, size, after)
        );

        Assert.Equal(slower, why is not null);
    }

    [Fact]
    public void The_median_is_the_one_in_the_middle()
    {
        Assert.Equal(2, ModelComparison.Median([3, 1, 2]));
        Assert.Equal(2.5, ModelComparison.Median([4, 1, 2, 3]));
    }

    private static FrameFigures[] Frames(
        int camera,
        int count,
        int objects,
        int size = 416,
        float ms = 10
    ) => [.. Enumerable.Repeat(new FrameFigures(camera, size, ms, objects, 0), count)];
}

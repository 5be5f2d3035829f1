namespace AsffEdge.Detection.Tests;

public sealed class NonMaximumSuppressionTests
{
    private const float Threshold = 0.5f;

    [Fact]
    public void It_is_the_greedy_suppression_of_each_class() =>
        Laws.Hold(random =>
        {
            DetectedObject[] crowd = Laws.Crowd(random, ties: true);
            Assert.Equal(Naive(crowd), Suppress(crowd));
        });

    [Fact]
    public void The_result_is_sorted_by_descending_score() =>
        Laws.Hold(random =>
        {
            DetectedObject[] kept = Suppress(Laws.Crowd(random, ties: true));
            Assert.Equal(kept.OrderByDescending(found => found.Score), kept);
        });

    // So a search down to a lower score, as trackers want, gives the same objects and some weaker ones after them.
    [Fact]
    public void Weaker_objects_change_nothing_about_stronger_ones() =>
        Laws.Hold(random =>
        {
            DetectedObject[] crowd = Laws.Crowd(random, ties: true);
            DetectedObject[] strong = [.. crowd.Where(found => found.Score >= 0.4f)];

            Assert.Equal(Suppress(strong), Suppress(crowd).TakeWhile(found => found.Score >= 0.4f));
            Assert.DoesNotContain(
                Suppress(crowd).SkipWhile(found => found.Score >= 0.4f),
                found => found.Score >= 0.4f
            );
        });

    [Fact]
    public void No_two_of_a_class_overlap_by_more_than_the_threshold() =>
        Laws.Hold(random =>
        {
            DetectedObject[] kept = Suppress(Laws.Crowd(random, ties: true));
            for (int i = 0; i < kept.Length; i++)
            {
                Assert.DoesNotContain(kept[..i], other => Suppresses(other, kept[i]));
            }
        });

    [Fact]
    public void What_is_dropped_overlaps_a_kept_one_that_is_no_worse() =>
        Laws.Hold(random =>
        {
            DetectedObject[] crowd = Laws.Crowd(random, ties: true);
            DetectedObject[] kept = Suppress(crowd);
            Assert.All(
                crowd.Except(kept),
                dropped =>
                    Assert.Contains(
                        kept,
                        other => Suppresses(other, dropped) && other.Score >= dropped.Score
                    )
            );
        });

    [Fact]
    public void Doing_it_again_changes_nothing() =>
        Laws.Hold(random =>
        {
            DetectedObject[] kept = Suppress(Laws.Crowd(random, ties: true));
            Assert.Equal(kept, Suppress(kept));
        });

    [Fact]
    public void The_order_of_the_input_does_not_matter_where_scores_differ() =>
        Laws.Hold(random =>
        {
            DetectedObject[] crowd = Laws.Crowd(random, ties: false);
            DetectedObject[] kept = Suppress(crowd);
            random.Shuffle(crowd);
            Assert.Equal(kept, Suppress(crowd));
        });

    [Fact]
    public void A_class_is_not_touched_by_the_others() =>
        Laws.Hold(random =>
        {
            DetectedObject[] crowd = Laws.Crowd(random, ties: true);
            Assert.Equal(
                Suppress(crowd).Where(found => found.ClassId == 1),
                Suppress([.. crowd.Where(found => found.ClassId == 1)])
            );
        });

    [Fact]
    public void A_limit_keeps_the_best() =>
        Laws.Hold(random =>
        {
            DetectedObject[] crowd = Laws.Crowd(random, ties: true);
            int limit = random.Next(0, 10);
            DetectedObject[] limited = [.. crowd];
            int count = NonMaximumSuppression.Suppress(limited, Threshold, limit);
            Assert.Equal(Suppress(crowd).Take(limit), limited[..count]);
        });

    [Fact]
    public void Equal_scores_keep_their_order()
    {
        DetectedObject[] crowd =
        [
            .. Enumerable
                .Range(0, 700)
                .Select(i => new DetectedObject(new(10 * i, 0, (10 * i) + 9, 9), 0.5f, 0.5f, 0, i)),
        ];

        Assert.Equal(crowd, Suppress(crowd));
    }

    [Fact]
    public void An_overlap_of_exactly_the_threshold_stays()
    {
        DetectedObject[] pair =
        [
            new(new(0, 0, 2, 1), 0.9f, 1, 0, 0),
            new(new(0, 0, 1, 1), 0.8f, 1, 0, 0),
        ];

        Assert.Equal(2, Suppress(pair).Length);
        Assert.Equal(1, NonMaximumSuppression.Suppress([.. pair], MathF.BitDecrement(Threshold)));
    }

    private static DetectedObject[] Suppress(DetectedObject[] objects)
    {
        DetectedObject[] copy = [.. objects];
        return copy[..NonMaximumSuppression.Suppress(copy, Threshold)];
    }

    private static DetectedObject[] Naive(DetectedObject[] objects)
    {
        var kept = new List<DetectedObject>();
        foreach (IGrouping<int, DetectedObject> group in objects.GroupBy(found => found.ClassId))
        {
            List<DetectedObject> rest = [.. group.OrderByDescending(found => found.Score)];
            while (rest.Count > 0)
            {
                DetectedObject best = rest[0];
                kept.Add(best);
                rest.RemoveAll(other => other == best || Suppresses(best, other));
            }
        }

        // Level numbers the objects, so the order among equals can be restored.
        List<int> order = [.. objects.Select(found => found.Level)];
        return
        [
            .. kept.OrderByDescending(found => found.Score)
                .ThenBy(found => order.IndexOf(found.Level)),
        ];
    }

    private static bool Suppresses(DetectedObject one, DetectedObject other)
    {
        (Box a, Box b) = (one.Box, other.Box);
        float width = Math.Min(a.Right, b.Right) - Math.Max(a.Left, b.Left);
        float height = Math.Min(a.Bottom, b.Bottom) - Math.Max(a.Top, b.Top);
        float common = Math.Max(0, width) * Math.Max(0, height);
        return one.ClassId == other.ClassId
            && common / ((a.Width * a.Height) + (b.Width * b.Height) - common) > Threshold;
    }
}

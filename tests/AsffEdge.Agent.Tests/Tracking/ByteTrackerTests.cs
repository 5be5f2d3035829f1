using AsffEdge.Agent.Tracking;
using AsffEdge.Detection;

namespace AsffEdge.Agent.Tests.Tracking;

public sealed class ByteTrackerTests
{
    private const float High = 0.5f;

    private static readonly TrackerOptions Options = new();

    [Theory]
    [InlineData(25)]
    [InlineData(5)]
    public void Objects_keep_their_numbers_while_they_walk_and_the_boxes_come_in_any_order(int fps)
    {
        Random random = new(3);
        ByteTracker tracker = new(Options, 300, new TrackNumbers());
        long[] numbers = new long[8];
        for (int frame = 0; frame < 8 * fps; frame++)
        {
            double seconds = (double)frame / fps;
            // Eight walkers in lanes of their own, half of them to the left; the detector is off by a twentieth of a box.
            DetectedObject[] found =
            [
                .. Enumerable.Range(0, 8).Select(i => Walker(i, seconds, random)),
            ];
            int[] order = [.. Enumerable.Range(0, 8)];
            random.Shuffle(order);

            tracker.Update([.. order.Select(i => found[i])], High, seconds);

            for (int box = 0; box < 8; box++)
            {
                Track? track = tracker.TrackOf(box);
                if (frame < Options.ConfirmAfter - 1)
                {
                    Assert.Null(track);
                    continue;
                }

                int walker = order[box];
                numbers[walker] = numbers[walker] == 0 ? track!.Number : numbers[walker];
                Assert.Equal(numbers[walker], track!.Number);
                Assert.Equal(found[walker].Box, track.Box);
            }
        }

        Assert.Equal(8, numbers.Distinct().Count());
        Assert.Equal(0, tracker.Ended.Length);
    }

    [Fact]
    public void Two_that_cross_keep_their_numbers()
    {
        ByteTracker tracker = new(Options, 300, new TrackNumbers());
        long left = 0;
        long right = 0;
        for (int frame = 0; frame < 75; frame++)
        {
            float x = frame / 75f * 0.6f;
            tracker.Update([Found(0.2f + x, 0.50f), Found(0.8f - x, 0.53f)], High, frame / 25.0);
            if (frame == 5)
            {
                (left, right) = (tracker.TrackOf(0)!.Number, tracker.TrackOf(1)!.Number);
            }
        }

        Assert.NotEqual(left, right);
        Assert.Equal((left, right), (tracker.TrackOf(0)!.Number, tracker.TrackOf(1)!.Number));
    }

    [Fact]
    public void A_weak_box_continues_a_track_but_never_begins_one()
    {
        ByteTracker tracker = new(Options, 300, new TrackNumbers());
        for (int frame = 0; frame < 40; frame++)
        {
            float score = frame < 10 ? 0.9f : 0.2f;
            tracker.Update(
                [Found(0.2f + (frame / 200f), 0.5f, score), Found(0.7f, 0.2f, 0.2f)],
                High,
                frame / 10.0
            );
        }

        Assert.Equal(1, tracker.TrackOf(0)!.Number);
        Assert.Equal(0.9f, tracker.TrackOf(0)!.BestScore, 1e-6f);
        Assert.Null(tracker.TrackOf(1));
        Assert.Equal(1, tracker.Tracks.Length);
    }

    [Theory]
    [InlineData(1.5, true)]
    [InlineData(2.5, false)]
    public void Who_was_hidden_comes_back_as_the_same_or_ends_after_two_seconds(
        double hidden,
        bool same
    )
    {
        ByteTracker tracker = new(Options, 300, new TrackNumbers());
        double seconds = 0;
        for (; seconds < 2; seconds += 0.1)
        {
            tracker.Update([Found(0.2f + (float)(0.05 * seconds), 0.5f)], High, seconds);
        }

        bool hasEnded = false;
        for (double until = seconds + hidden; seconds < until; seconds += 0.1)
        {
            tracker.Update([], High, seconds);
            hasEnded |= tracker.Ended.Length > 0;
        }

        for (int frame = 0; frame < 5; frame++, seconds += 0.1)
        {
            tracker.Update([Found(0.2f + (float)(0.05 * seconds), 0.5f)], High, seconds);
        }

        Assert.Equal(!same, hasEnded);
        Assert.Equal(same ? 1 : 2, tracker.TrackOf(0)!.Number);
    }

    [Fact]
    public void What_is_seen_too_seldom_is_no_object()
    {
        ByteTracker tracker = new(Options, 300, new TrackNumbers());
        for (int frame = 0; frame < 60; frame++)
        {
            // A flicker for two frames, every sixth.
            tracker.Update(frame % 6 < 2 ? [Found(0.5f, 0.5f)] : [], High, frame / 10.0);
            Assert.True(frame % 6 >= 2 || tracker.TrackOf(0) is null);
            Assert.Equal(0, tracker.Ended.Length);
        }
    }

    [Fact]
    public void A_low_threshold_gives_long_tracks_of_boxes_that_score_little()
    {
        ByteTracker tracker = new(Options, 300, new TrackNumbers());
        for (int frame = 0; frame < 50; frame++)
        {
            tracker.Update([Found(0.2f + (frame / 200f), 0.5f, 0.17f)], 0.15f, frame / 10.0);
        }

        Assert.Equal(1, tracker.TrackOf(0)!.Number);
        Assert.Equal(50, tracker.TrackOf(0)!.Sightings);
    }

    [Fact]
    public void The_tracks_of_two_cameras_have_numbers_of_their_own()
    {
        TrackNumbers numbers = new();
        ByteTracker[] trackers = [new(Options, 300, numbers), new(Options, 300, numbers)];
        for (int frame = 0; frame < 5; frame++)
        {
            foreach (ByteTracker tracker in trackers)
            {
                tracker.Update([Found(0.5f, 0.5f)], High, frame / 10.0);
            }
        }

        Assert.Equal([1, 2], trackers.Select(tracker => tracker.TrackOf(0)!.Number));
    }

    [Fact]
    public void Another_class_at_the_same_place_is_another_object()
    {
        ByteTracker tracker = new(Options, 300, new TrackNumbers());
        for (int frame = 0; frame < 5; frame++)
        {
            tracker.Update([Found(0.5f, 0.5f), Found(0.5f, 0.5f, classId: 1)], High, frame / 10.0);
        }

        Assert.NotEqual(tracker.TrackOf(0)!.Number, tracker.TrackOf(1)!.Number);
    }

    [Fact]
    public void Clearing_ends_every_object_once()
    {
        ByteTracker tracker = new(Options, 300, new TrackNumbers());
        for (int frame = 0; frame < 5; frame++)
        {
            tracker.Update([Found(0.2f, 0.5f), Found(0.7f, 0.5f)], High, frame / 10.0);
        }

        tracker.Clear();

        Assert.Equal([1, 2], tracker.Ended.ToArray().Select(track => track.Number).Order());
        Assert.Equal(0, tracker.Tracks.Length);
    }

    [Fact]
    public void Whatever_comes_every_object_ends_once_and_memory_is_bounded()
    {
        Random random = new(7);
        TrackerOptions options = Options with { MaxTracks = 20, ConfirmAfter = 1, MaxLostS = 0.3 };
        ByteTracker tracker = new(options, 50, new TrackNumbers());
        HashSet<long> begun = [];
        HashSet<long> ended = [];
        for (int frame = 0; frame < 2000; frame++)
        {
            DetectedObject[] found =
            [
                .. Enumerable
                    .Range(0, random.Next(70))
                    .Select(_ =>
                        Found(
                            random.NextSingle(),
                            random.NextSingle(),
                            random.NextSingle(),
                            random.Next(3)
                        )
                    ),
            ];
            tracker.Update(found, High, frame / 10.0);
            foreach (Track track in tracker.Ended)
            {
                Assert.True(ended.Add(track.Number));
            }

            foreach (Track track in tracker.Tracks)
            {
                begun.Add(track.Number);
                Assert.DoesNotContain(track.Number, ended);
            }
        }

        tracker.Clear();
        foreach (Track track in tracker.Ended)
        {
            Assert.True(ended.Add(track.Number));
        }

        Assert.True(begun.Count > 100);
        Assert.Equal(begun.Order(), ended.Order());
    }

    [Fact]
    public void A_frame_allocates_nothing()
    {
        ByteTracker tracker = new(Options, 300, new TrackNumbers());
        DetectedObject[] found =
        [
            .. Enumerable.Range(0, 100).Select(i => Found(i % 10 / 10f, i / 100f)),
        ];
        for (int frame = 0; frame < 50; frame++)
        {
            tracker.Update(found, High, frame);
        }

        long before = ThreadAllocations.SoFar();
        for (int frame = 50; frame < 100; frame++)
        {
            tracker.Update(found.AsSpan(frame % 3), High, frame);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static DetectedObject Walker(int i, double seconds, Random random)
    {
        float direction = i % 2 == 0 ? 1 : -1;
        float x = (i % 2 == 0 ? 0.1f : 0.9f) + (direction * 0.09f * (float)seconds);
        return Found(
            x + (0.002f * random.NextSingle()),
            0.1f + (0.1f * i) + (0.005f * random.NextSingle()),
            0.6f + (0.4f * random.NextSingle())
        );
    }

    private static DetectedObject Found(float x, float y, float score = 0.9f, int classId = 0) =>
        new(new Box(x - 0.02f, y - 0.05f, x + 0.02f, y + 0.05f), score, 1, classId, 0);
}

using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Pipeline;
using AsffEdge.Agent.Tracking;
using AsffEdge.Control.Profiles;
using AsffEdge.Detection;
using Microsoft.Extensions.Time.Testing;

namespace AsffEdge.Agent.Tests.Tracking;

public sealed class CameraTracksTests
{
    private static readonly Profile Fast = new("fast", 320, 0.5f, 0.6f, null);
    private static readonly Profile Accurate = new("accurate", 800, 0.3f, 0.6f, null);

    private readonly FakeTimeProvider _time = new();
    private readonly TrackEventQueue _events = new(16);
    private readonly FrameResult _frame = new(50)
    {
        Model = TestModel.Named,
        Profile = Fast,
        CameraId = "dock-1",
    };

    private static CameraOptions Camera =>
        new()
        {
            Id = "dock-1",
            Source = "a.avi",
            Zones = new Dictionary<string, ZoneOptions>
            {
                ["left"] = new(["0 0", "0.5 0", "0.5 1", "0 1"], []),
                ["right"] = new(["0.5 0", "1 0", "1 1", "0.5 1"], []),
            },
            Lines = new Dictionary<string, LineOptions>
            {
                ["middle"] = new(["0.5 0", "0.5 1"], ["person"]),
            },
        };

    [Fact]
    public void A_walk_across_the_picture_is_told_from_start_to_end()
    {
        CameraTracks tracks = New();
        for (int frame = 0; frame < 100; frame++)
        {
            Show(tracks, Found(0.2f + (0.006f * frame)));
        }

        Assert.Equal(1, tracks.CountOf(0));
        Assert.Equal(1, _frame.Tracks[0]);
        Assert.Equal(0b10ul, _frame.Zones[0]);
        for (int frame = 0; frame < 60; frame++)
        {
            Show(tracks);
        }

        Assert.Equal(0, tracks.CountOf(0));
        List<TrackEvent> told = Told();
        Assert.Equal(
            [
                (TrackEventKind.Start, 0),
                (TrackEventKind.ZoneEnter, 0),
                (TrackEventKind.Line, 0),
                (TrackEventKind.ZoneLeave, 0),
                (TrackEventKind.ZoneEnter, 1),
                (TrackEventKind.Update, 0),
                (TrackEventKind.ZoneLeave, 1),
                (TrackEventKind.End, 0),
            ],
            told.Select(happened => (happened.Kind, happened.Place))
        );
        Assert.False(told.Single(happened => happened.Kind == TrackEventKind.Line).ToRight);
        Assert.Equal(TrackEndReason.Lost, told[^1].Reason);
        Assert.Equal(100, told[^1].Sightings);
        Assert.Equal(0.2f + (0.006f * 99) - 0.02f, told[^1].Box.Left, 1e-5f);
        Assert.InRange(told[^1].LastSeenAgo, 2, 2.1);
        Assert.InRange(told[^1].FirstSeenAgo, 5.9, 6.1);
    }

    [Fact]
    public void A_switch_of_the_profile_changes_no_track()
    {
        CameraTracks tracks = New();
        for (int frame = 0; frame < 100; frame++)
        {
            // The larger input finds what the smaller one does not.
            _frame.Profile = frame / 10 % 2 == 0 ? Fast : Accurate;
            Show(tracks, Found(0.2f + (0.006f * frame), score: frame / 10 % 2 == 0 ? 0.6f : 0.35f));
            Assert.Equal(frame < 2 ? 0 : 1, _frame.Tracks[0]);
        }

        Assert.Single(Told(), happened => happened.Kind == TrackEventKind.Start);
    }

    [Fact]
    public void A_weak_box_keeps_the_track_and_is_not_among_the_objects()
    {
        CameraTracks tracks = New();
        for (int frame = 0; frame < 100; frame++)
        {
            Show(tracks, Found(0.2f + (0.002f * frame), score: frame < 10 ? 0.9f : 0.2f));
        }

        Assert.Equal(0, _frame.Count);
        Assert.Equal(1, tracks.CountOf(0));
        Assert.DoesNotContain(Told(), happened => happened.Kind == TrackEventKind.End);
    }

    [Fact]
    public void A_camera_that_stays_away_ends_its_tracks_once()
    {
        CameraTracks tracks = New();
        for (int frame = 0; frame < 10; frame++)
        {
            Show(tracks, Found(0.2f), Found(0.7f));
        }

        _time.Advance(TimeSpan.FromSeconds(1.5));
        Assert.False(tracks.EndIfAbsent(2));
        Assert.Equal(2, tracks.CountOf(0));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(tracks.EndIfAbsent(2));
        Assert.False(tracks.EndIfAbsent(2));
        Assert.Equal(0, tracks.CountOf(0));

        List<TrackEvent> ends = [.. Told().Where(happened => happened.Kind == TrackEventKind.End)];
        Assert.Equal([1, 2], ends.Select(end => end.Number).Order());
        Assert.All(ends, end => Assert.Equal(TrackEndReason.Camera, end.Reason));
    }

    [Fact]
    public void After_the_close_frames_are_not_followed()
    {
        CameraTracks tracks = New();
        for (int frame = 0; frame < 10; frame++)
        {
            Show(tracks, Found(0.2f));
        }

        tracks.Close();
        Show(tracks, Found(0.2f));

        TrackEvent end = Told()[^1];
        Assert.Equal((TrackEventKind.End, TrackEndReason.Stop), (end.Kind, end.Reason));
        Assert.Equal(0, tracks.CountOf(0));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Whatever_the_detector_gives_every_start_has_one_end_and_every_stay_in_a_zone_too(
        int seed
    )
    {
        Random random = new(seed);
        CameraTracks tracks = New();
        List<TrackEvent> told = [];
        for (int frame = 0; frame < 3000; frame++)
        {
            // Six walk to and fro, each at a pace of its own, and are missed, weak or taken for something else now and then.
            DetectedObject[] found =
            [
                .. Enumerable
                    .Range(0, 6)
                    .Where(_ => random.Next(random.Next(3) == 0 ? 2 : 30) > 0)
                    .Select(lane =>
                        Found(
                            0.5f + (0.4f * MathF.Sin(frame * (lane + 1) / 100f)),
                            random.NextSingle(),
                            random.Next(200) == 0 ? 1 : 0,
                            lane * 0.15f
                        )
                    ),
            ];
            Show(tracks, found);
            if (random.Next(100) == 0)
            {
                _time.Advance(TimeSpan.FromSeconds(random.Next(6)));
                tracks.EndIfAbsent(2);
            }

            // Now and then nobody takes them for a while, and there is no room for more.
            if (frame % 400 > 200)
            {
                told.AddRange(Told());
            }
        }

        tracks.Close();
        told.AddRange(Told());
        Assert.True(_events.Refused > 100, "the queue was never full");
        Assert.True(told.Count(happened => happened.Kind == TrackEventKind.Start) > 50);
        Assert.Contains(told, happened => happened.Kind == TrackEventKind.Line);
        foreach (IGrouping<long, TrackEvent> track in told.GroupBy(happened => happened.Number))
        {
            TrackEvent[] life = [.. track];
            Assert.Equal(TrackEventKind.Start, life[0].Kind);
            Assert.Equal(TrackEventKind.End, life[^1].Kind);
            Assert.Single(life, happened => happened.Kind == TrackEventKind.Start);
            Assert.Single(life, happened => happened.Kind == TrackEventKind.End);
            ulong inside = 0;
            foreach (TrackEvent happened in life)
            {
                ulong bit = 1ul << happened.Place;
                if (happened.Kind == TrackEventKind.ZoneEnter)
                {
                    Assert.Equal(0ul, inside & bit);
                    inside |= bit;
                }
                else if (happened.Kind == TrackEventKind.ZoneLeave)
                {
                    Assert.Equal(bit, inside & bit);
                    inside &= ~bit;
                }

                Assert.Equal(inside, happened.Zones);
            }

            Assert.Equal(0ul, inside);
        }
    }

    [Fact]
    public void A_frame_allocates_nothing()
    {
        CameraTracks tracks = New();
        DetectedObject[] found = [.. Enumerable.Range(0, 20).Select(i => Found(i / 20f))];
        found.CopyTo(_frame.Buffer);
        _frame.Count = found.Length;
        Run(200);

        long before = ThreadAllocations.SoFar();
        Run(500);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Run(int frames)
        {
            for (int frame = 0; frame < frames; frame++)
            {
                _frame.TimestampUtc = _frame.TimestampUtc.AddSeconds(0.04);
                tracks.Update(_frame);
                while (_events.TryTake(out _)) { }
            }
        }
    }

    private CameraTracks New() =>
        new(
            Camera,
            new TrackingOptions { UpdateEveryS = 3 },
            ["person", "car"],
            50,
            new TrackNumbers(),
            _events,
            _time
        );

    private List<TrackEvent> Told()
    {
        List<TrackEvent> told = [];
        while (_events.TryTake(out TrackEvent happened))
        {
            told.Add(happened);
        }

        return told;
    }

    private void Show(CameraTracks tracks, params DetectedObject[] found)
    {
        _time.Advance(TimeSpan.FromSeconds(0.04));
        _frame.TimestampUtc = _time.GetUtcNow().UtcDateTime;
        _frame.Sequence++;
        DetectedObject[] best = [.. found.OrderByDescending(one => one.Score)];
        best.CopyTo(_frame.Buffer);
        _frame.Count = best.Count(one => one.Score >= _frame.Profile.ScoreThreshold);
        _frame.WeakCount = best.Length - _frame.Count;
        tracks.Update(_frame);
    }

    private static DetectedObject Found(
        float x,
        float score = 0.9f,
        int classId = 0,
        float top = 0.5f
    ) => new(new Box(x - 0.02f, top, x + 0.02f, top + 0.1f), score, 1, classId, 0);
}

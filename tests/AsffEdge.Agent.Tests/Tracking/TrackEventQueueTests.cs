using AsffEdge.Agent.Tracking;
using AsffEdge.Control.Profiles;
using AsffEdge.Detection;

namespace AsffEdge.Agent.Tests.Tracking;

public sealed class TrackEventQueueTests
{
    private static readonly Profile Profile = new("fast", 320, 0.5f, 0.6f, null);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Whatever_is_opened_can_be_closed_and_the_order_is_kept(int seed)
    {
        Random random = new(seed);
        TrackEventQueue queue = new(32);
        Stack<TrackEventKind> open = [];
        Queue<long> expected = [];
        long number = 0;
        int refused = 0;
        for (int step = 0; step < 20_000; step++)
        {
            // Long stretches in which nobody takes.
            if (step / 100 % 2 == 0 && random.Next(2) == 0)
            {
                if (queue.TryTake(out TrackEvent taken))
                {
                    Assert.Equal(expected.Dequeue(), taken.Number);
                }

                continue;
            }

            TrackEventKind kind = (TrackEventKind)random.Next(6);
            bool closes = kind is TrackEventKind.End or TrackEventKind.ZoneLeave;
            if (closes && open.Count == 0)
            {
                continue;
            }

            number++;
            bool isAdded = queue.TryAdd(NewEvent(kind, number));
            Assert.True(isAdded || !closes, "what was opened could not be closed");
            if (!isAdded)
            {
                refused++;
                continue;
            }

            expected.Enqueue(number);
            if (closes)
            {
                open.Pop();
            }
            else if (kind is TrackEventKind.Start or TrackEventKind.ZoneEnter)
            {
                open.Push(kind);
            }
        }

        Assert.True(refused > 1000, "the queue was never full");
        Assert.Equal(refused, queue.Refused);
    }

    [Fact]
    public void Adding_and_taking_allocates_nothing()
    {
        TrackEventQueue queue = new(32);
        TrackEvent happened = NewEvent(TrackEventKind.Update, 1);
        Run(100);

        long before = ThreadAllocations.SoFar();
        Run(1000);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Run(int rounds)
        {
            for (int round = 0; round < rounds; round++)
            {
                Assert.True(queue.TryAdd(happened));
                Assert.True(queue.TryTake(out _));
            }
        }
    }

    private static TrackEvent NewEvent(TrackEventKind kind, long number) =>
        new()
        {
            Kind = kind,
            Number = number,
            Frame = new FrameStamp(
                0,
                1,
                1,
                DateTime.UnixEpoch,
                "pts",
                64,
                48,
                TestModel.Named,
                Profile,
                0
            ),
            ClassId = 0,
            Box = new Box(0, 0, 1, 1),
            Score = 0.5f,
            BestScore = 0.5f,
            Sightings = 1,
            FirstSeenAgo = 0,
            LastSeenAgo = 0,
            Zones = 0,
        };
}

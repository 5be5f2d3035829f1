using AsffEdge.Agent.Pipeline;

namespace AsffEdge.Agent.Tests.Pipeline;

public sealed class CameraSchedulerTests
{
    private const long TicksPerSecond = 1000;

    private readonly CameraScheduler _scheduler = new(3, TicksPerSecond);

    [Fact]
    public void The_camera_served_longest_ago_comes_next_however_often_others_have_frames()
    {
        int[] served = new int[3];
        var random = new Random(5);
        for (int now = 1; now <= 3000; now++)
        {
            // Camera 0 always has a frame, the others mostly.
            int next = Next([true, random.Next(10) > 0, random.Next(10) > 0], now, out _);
            served[next]++;
            _scheduler.Served(next, null, now);
        }

        Assert.True(served.Min() >= 0.8 * served.Max(), string.Join(", ", served));
    }

    [Fact]
    public void Without_a_frame_nobody_is_served_and_nothing_is_waited_for()
    {
        Assert.Equal(-1, Next([false, false, false], 10, out long wakeAt));
        Assert.Equal(long.MaxValue, wakeAt);
    }

    [Fact]
    public void A_cap_holds_a_camera_back_until_its_next_time_and_says_when_that_is()
    {
        _scheduler.Served(1, 10, 500);

        Assert.Equal(-1, Next([false, true, false], 599, out long wakeAt));
        Assert.Equal(600, wakeAt);
        Assert.Equal(1, Next([false, true, false], 600, out _));
    }

    [Fact]
    public void A_cap_is_kept_on_average_when_frames_come_late_and_does_not_burst_after_a_pause()
    {
        long[] lateness = [0, 30, 5, 60, 10, 0, 45, 20, 0, 15];
        long due = 0;
        for (int i = 0; i < 100; i++)
        {
            long now = due + lateness[i % 10];
            Assert.Equal(1, Next([false, true, false], now, out _));
            _scheduler.Served(1, 10, now);
            Assert.Equal(-1, Next([false, true, false], now, out due));
        }

        // 100 intervals of 100, not 100 intervals of 100 and what each frame was late.
        Assert.InRange(due, 10_000, 10_060);

        _scheduler.Served(1, 10, due + 5000);
        Assert.Equal(-1, Next([false, true, false], due + 5001, out long wakeAt));
        Assert.Equal(due + 5100, wakeAt);
    }

    private int Next(bool[] hasFrame, long now, out long wakeAt) =>
        _scheduler.Next(hasFrame, now, out wakeAt);
}

using AsffEdge.Agent.Tracking;
using Microsoft.Extensions.Time.Testing;

namespace AsffEdge.Agent.Tests.Tracking;

public sealed class FrameClockTests
{
    private static readonly DateTime Start = new(2026, 11, 23, 5, 0, 0, DateTimeKind.Utc);

    [Theory]
    [InlineData(0.04, 0.03, 0.04)] // a frame that arrived early after one that was late
    [InlineData(0.04, 1.5, 0.04)]
    [InlineData(86400, 0.04, 0.04)] // the host's clock was set
    [InlineData(-86400, 0.04, 0.04)]
    [InlineData(-0.001, 0.04, 0.04)]
    [InlineData(15, 15, 15)]
    public void Capture_times_count_as_far_as_the_monotonic_clock_agrees(
        double captured,
        double arrived,
        double seconds
    )
    {
        FakeTimeProvider time = new();
        FrameClock clock = new(time);
        clock.Advance(Start);

        time.Advance(TimeSpan.FromSeconds(arrived));
        Assert.Equal(arrived, clock.SinceLast, 1e-6);

        Assert.Equal(seconds, clock.Advance(Start.AddSeconds(captured)), 1e-6);
    }
}

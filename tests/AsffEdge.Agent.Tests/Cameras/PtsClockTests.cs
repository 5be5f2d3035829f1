using AsffEdge.Agent.Cameras;
using Microsoft.Extensions.Time.Testing;

namespace AsffEdge.Agent.Tests.Cameras;

public sealed class PtsClockTests : IDisposable
{
    private readonly FakeTimeProvider _time = new(
        new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero)
    );
    private readonly CapturedFrame _frame = new();
    private readonly PtsClock _clock;

    public PtsClockTests() => _clock = new PtsClock(_time);

    public void Dispose() => _frame.Dispose();

    [Fact]
    public void Late_frames_keep_their_capture_times()
    {
        var random = new Random(2);
        DateTime start = Stamp(pts: 100, at: 0);
        for (int k = 1; k < 500; k++)
        {
            double late = random.NextDouble() * 0.03;
            DateTime captured = Stamp(100 + (0.04 * k), (0.04 * k) + late);

            Assert.Equal("pts", _frame.TimestampSource);
            Assert.InRange((captured - start).TotalSeconds - (0.04 * k), -0.001, 0.005);
        }
    }

    [Fact]
    public void No_capture_time_is_in_the_future_when_the_first_frame_was_the_late_one()
    {
        _ = Stamp(pts: 0, at: 2);

        DateTime captured = Stamp(pts: 1, at: 2.1);

        Assert.Equal(_time.GetUtcNow().UtcDateTime, captured);
    }

    [Fact]
    public void A_camera_clock_that_jumps_or_stands_or_is_missing_does_no_harm()
    {
        _ = Stamp(pts: 10, at: 1);
        foreach (double pts in new[] { 10, 31_536_010, 31_536_010.04, double.NaN, 5, 5.04 })
        {
            DateTime captured = Stamp(pts, (_time.GetUtcNow() - _time.Start).TotalSeconds + 0.04);

            Assert.InRange((_time.GetUtcNow().UtcDateTime - captured).TotalSeconds, 0, 0.05);
        }
    }

    [Fact]
    public void A_delay_that_grows_is_the_age_of_the_frames_however_long_it_gets()
    {
        _ = Stamp(pts: 0, at: 0);
        for (int k = 1; k <= 200; k++)
        {
            DateTime captured = Stamp(pts: 0.04 * k, at: 0.1 * k);

            Assert.Equal(0.06 * k, _frame.Age.TotalSeconds, 0.01);
            Assert.Equal(0.04 * k, (captured - _time.Start.UtcDateTime).TotalSeconds, 0.01);
        }
    }

    [Fact]
    public void A_camera_clock_that_is_set_back_does_not_make_the_frames_after_it_late()
    {
        _ = Stamp(pts: 10, at: 0);
        _ = Stamp(pts: 7, at: 0.04);

        _ = Stamp(pts: 7.04, at: 0.08);

        Assert.Equal(TimeSpan.Zero, _frame.Age);
        Assert.Equal("pts", _frame.TimestampSource);
    }

    [Fact]
    public void A_camera_clock_that_runs_slow_by_100_ppm_is_followed()
    {
        const double Slow = 1 - 100e-6;
        for (int second = 0; second < 86_400; second += 10)
        {
            DateTime captured = Stamp(second * Slow, second);

            Assert.InRange((_time.GetUtcNow().UtcDateTime - captured).TotalSeconds, 0, 0.05);
        }
    }

    private DateTime Stamp(double pts, double at)
    {
        _time.SetUtcNow(_time.Start.AddSeconds(at));
        _clock.Stamp(pts, _time.GetTimestamp(), _frame);
        return _frame.CapturedUtc;
    }
}

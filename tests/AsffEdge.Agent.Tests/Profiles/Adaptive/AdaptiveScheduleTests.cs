using AsffEdge.Agent.Configuration;

namespace AsffEdge.Agent.Tests.Profiles.Adaptive;

/// <summary>A window of the schedule follows the clock on the wall, over midnight and when the clocks change.</summary>
public sealed class AdaptiveScheduleTests
{
    private static readonly TimeZoneInfo Berlin = TimeZoneInfo.FindSystemTimeZoneById(
        "Europe/Berlin"
    );

    [Theory]
    [InlineData("2026-06-01T18:00:00Z", "22:00-06:00", 8)]
    [InlineData("2026-03-28T18:00:00Z", "22:00-06:00", 7)] // that night the clocks go from 02:00 to 03:00
    [InlineData("2026-10-24T18:00:00Z", "22:00-06:00", 9)] // and that night from 03:00 to 02:00
    [InlineData("2026-03-28T18:00:00Z", "02:15-02:45", 0)] // there is no such time that night
    [InlineData("2026-10-24T18:00:00Z", "02:15-02:45", 1)] // it comes twice
    public void A_night_at_a_smaller_size_lasts_as_long_as_the_clock_says(
        string start,
        string window,
        double hours
    )
    {
        SimulatedDevice device = new(
            1,
            new AutoOptions
            {
                DwellS = 20,
                Schedule = new Dictionary<string, string> { [window] = "fast" },
            }
        )
        {
            FrameMs = 1,
            StartsAtUtc = DateTime.Parse(
                start,
                null,
                System.Globalization.DateTimeStyles.AdjustToUniversal
            ),
            Zone = Berlin,
        };
        device.Run(TimeSpan.FromMinutes(10));
        Assert.Equal(800, device.Profile!.Size);

        int seconds = 0;
        device.Run(TimeSpan.FromHours(14), () => seconds += device.Profile!.Size == 320 ? 1 : 0);

        // After a window it climbs from size to size, each for the dwell time.
        Assert.InRange(seconds / 3600.0, hours, hours + 0.02);
        Assert.Equal(800, device.Profile!.Size);
    }
}

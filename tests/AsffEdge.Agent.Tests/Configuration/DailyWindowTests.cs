using AsffEdge.Agent.Configuration;

namespace AsffEdge.Agent.Tests.Configuration;

public sealed class DailyWindowTests
{
    [Theory]
    [InlineData("22:00-06:00", "22:00", true)]
    [InlineData("22:00-06:00", "00:00", true)]
    [InlineData("22:00-06:00", "05:59", true)]
    [InlineData("22:00-06:00", "06:00", false)]
    [InlineData("22:00-06:00", "21:59", false)]
    [InlineData("06:30-08:00", "06:30", true)]
    [InlineData("06:30-08:00", "08:00", false)]
    [InlineData("06:30-08:00", "00:00", false)]
    [InlineData("12:00-00:00", "23:59", true)]
    [InlineData("12:00-00:00", "00:00", false)]
    public void A_window_holds_from_its_start_to_before_its_end(
        string text,
        string time,
        bool contains
    )
    {
        Assert.True(DailyWindow.TryParse(text, out DailyWindow window));
        Assert.Equal(
            contains,
            window.Contains(TimeOnly.Parse(time, System.Globalization.CultureInfo.InvariantCulture))
        );
    }

    [Theory]
    [InlineData("")]
    [InlineData("22:00")]
    [InlineData("22:00-24:00")]
    [InlineData("22:00-22:00")]
    [InlineData("22:00-6:00")]
    [InlineData("22:00-06:00-07:00")]
    [InlineData("22:00:00-06:00:00")]
    [InlineData("-1:00-06:00")]
    public void Anything_else_is_no_window(string text) =>
        Assert.False(DailyWindow.TryParse(text, out _));
}

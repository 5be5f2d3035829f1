using AsffEdge.Agent.Hosting;

namespace AsffEdge.Agent.Tests.Hosting;

public sealed class WatchdogServiceTests
{
    [Theory]
    [InlineData("30000000", 30.0)]
    [InlineData("0", null)]
    [InlineData("-5", null)]
    [InlineData("soon", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void Systemd_says_how_often_it_wants_to_hear(string? microseconds, double? seconds) =>
        Assert.Equal(seconds, WatchdogService.Interval(microseconds)?.TotalSeconds);
}

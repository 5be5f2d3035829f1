using AsffEdge.Agent.Pipeline;
using Microsoft.Extensions.Time.Testing;

namespace AsffEdge.Agent.Tests.Pipeline;

public sealed class RateMeterTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(12)]
    [InlineData(400)]
    public void A_steady_rate_is_measured_and_falls_to_zero_when_it_ends(int perSecond)
    {
        var time = new FakeTimeProvider();
        var meter = new RateMeter(time);
        Assert.Equal(0, meter.PerSecond);
        for (int i = 0; i < 20 * perSecond; i++)
        {
            meter.Count();
            time.Advance(TimeSpan.FromSeconds(1.0 / perSecond));
        }

        Assert.InRange(meter.PerSecond, 0.95 * perSecond, 1.05 * perSecond);
        time.Advance(TimeSpan.FromSeconds(7));
        Assert.Equal(0, meter.PerSecond);
        time.Advance(TimeSpan.FromSeconds(57));
        Assert.Equal(0, meter.PerSecond);
    }
}

using AsffEdge.Agent.Pipeline;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Time.Testing;

namespace AsffEdge.Agent.Tests.Pipeline;

public sealed class LatencyHistogramTests
{
    [Fact]
    public void Every_quantile_is_within_a_bucket_of_the_exact_one()
    {
        Gen<double[]> durations = Gen.Choose(100, 6_000_000)
            .Select(microseconds => microseconds / 1000.0)
            .NonEmptyListOf()
            .Select(list => list.ToArray());
        Check.QuickThrowOnFailure(
            Prop.ForAll(
                durations.ToArbitrary(),
                values =>
                {
                    var histogram = new LatencyHistogram(new FakeTimeProvider());
                    Array.ForEach(values, histogram.Record);
                    Array.Sort(values);
                    return new[] { 0.01, 0.5, 0.95, 1.0 }.All(fraction =>
                    {
                        double exact = values[(int)Math.Ceiling(fraction * values.Length) - 1];
                        return Math.Abs(histogram.Quantile(fraction) - exact) <= 0.023 * exact;
                    });
                }
            )
        );
    }

    [Fact]
    public void Old_durations_are_forgotten_and_extreme_ones_are_kept_in_the_last_bucket()
    {
        var time = new FakeTimeProvider();
        var histogram = new LatencyHistogram(time);
        Assert.Equal(new LatencySummary(0, 0), histogram.Summary);
        for (int i = 0; i < 100; i++)
        {
            histogram.Record(1e9);
        }

        Assert.InRange(histogram.Quantile(0.5), 60_000, 70_000);
        for (int k = 0; k < 2; k++)
        {
            time.Advance(TimeSpan.FromSeconds(31));
            histogram.Record(0);
        }

        Assert.InRange(histogram.Quantile(1), 0.05, 0.07);
    }
}

using AsffEdge.Control.Broker;

namespace AsffEdge.Control.Tests.Broker;

public sealed class ReconnectBackoffTests
{
    [Fact]
    public void Waits_double_from_one_second_to_thirty_with_some_jitter()
    {
        ReconnectBackoff backoff = new(new Random(1));

        foreach (double nominal in new double[] { 1, 2, 4, 8, 16, 30, 30, 30 })
        {
            double wait = backoff.Next().TotalSeconds;
            Assert.InRange(wait, Math.Max(1, nominal * 0.8), Math.Min(30, nominal * 1.2));
        }

        backoff.Reset();
        Assert.InRange(backoff.Next().TotalSeconds, 1, 1.2);
    }

    [Fact]
    public void Two_agents_do_not_wait_alike()
    {
        ReconnectBackoff one = new(new Random(1));
        ReconnectBackoff other = new(new Random(2));

        Assert.NotEqual(
            Enumerable.Range(0, 5).Select(_ => one.Next()).ToList(),
            Enumerable.Range(0, 5).Select(_ => other.Next()).ToList()
        );
    }
}

using AsffEdge.Control.Broker;

namespace AsffEdge.Control.Tests.Broker;

public sealed class ReconnectBackoffTests
{
    private static readonly double[] NominalSeconds = [1, 2, 4, 8, 16, 20, 20, 20];

    [Fact]
    public void Waits_double_from_one_second_to_twenty_and_never_pass_thirty()
    {
        for (int seed = 0; seed < 100; seed++)
        {
            ReconnectBackoff backoff = new(new Random(seed));
            foreach (double nominal in NominalSeconds)
            {
                Assert.InRange(backoff.Next().TotalSeconds, nominal * 0.5, nominal * 1.5);
            }

            backoff.Reset();
            Assert.InRange(backoff.Next().TotalSeconds, 0.5, 1.5);
        }
    }

    /// <summary>A broker that restarts must not see its fleet at one instant, neither at the first attempt nor at the longest wait.</summary>
    [Fact]
    public void A_thousand_agents_come_back_spread_over_the_whole_time_at_every_attempt()
    {
        ReconnectBackoff[] fleet =
        [
            .. Enumerable.Range(0, 1000).Select(seed => new ReconnectBackoff(new Random(seed))),
        ];

        foreach (double nominal in NominalSeconds)
        {
            // Ten slots over the time allowed: 100 of 1,000 are expected in each.
            int[] slots = new int[10];
            foreach (ReconnectBackoff agent in fleet)
            {
                slots[(int)((agent.Next().TotalSeconds / nominal - 0.5) * slots.Length)]++;
            }

            Assert.All(slots, count => Assert.InRange(count, 50, 150));
        }
    }
}

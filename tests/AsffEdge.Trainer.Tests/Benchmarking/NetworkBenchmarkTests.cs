using AsffEdge.Trainer.Benchmarking;
using AsffEdge.Trainer.Network;

namespace AsffEdge.Trainer.Tests.Benchmarking;

/// <summary>How turns are taken and figures made of them, on runners that take a known time.</summary>
public sealed class NetworkBenchmarkTests
{
    [Fact]
    public void Overhead_is_over_the_same_backbone_without_fusion_in_the_same_runtime()
    {
        List<string> calls = [];
        Sleeper[] runners =
        [
            new("asff", "a", 30, calls),
            new("baseline", "a", 10, calls),
            new("asff", "b", 10, calls),
            new("mobilenetv2_asff", "a", 5, calls),
        ];
        IReadOnlyList<SpeedFigure> figures = NetworkBenchmark.Run(
            runners,
            [320, 416],
            leastRuns: 3,
            leastSeconds: 0,
            _ => { },
            TestContext.Current.CancellationToken
        );
        Assert.Equal(8, figures.Count);
        Assert.InRange(figures[0].OverBaseline!.Value, 0.5, 3.5);
        Assert.InRange(figures[0].Milliseconds, 29, 120);
        Assert.Equal(1000 / figures[0].Milliseconds, figures[0].Fps, 1e-6);
        Assert.Equal([320, 320, 320, 320, 416, 416, 416, 416], figures.Select(f => f.Size));
        Assert.Equal(3, figures[0].Runs);
        Assert.All(figures.Where((_, i) => i % 4 != 0), figure => Assert.Null(figure.OverBaseline));

        // One round to warm up, then turns that each begin with another runner.
        Assert.Equal(["asff a", "baseline a", "asff b", "mobilenetv2_asff a"], calls[..4]);
        Assert.Equal(
            ["asff a", "baseline a", "asff b"],
            ((int[])[4, 8, 12]).Select(at => calls[at])
        );
        Assert.Equal(2 * 4 * 4, calls.Count);
    }

    [Fact]
    public void Quick_networks_are_run_for_their_time()
    {
        SpeedFigure figure = NetworkBenchmark
            .Run(
                [new Sleeper("baseline", "a", 2, [])],
                [320],
                leastRuns: 1,
                leastSeconds: 0.1,
                _ => { },
                TestContext.Current.CancellationToken
            )
            .Single();
        Assert.InRange(figure.Runs, 5, 51);
    }

    [Theory]
    [InlineData(new double[] { 3 }, 3)]
    [InlineData(new double[] { 9, 1, 2 }, 2)]
    [InlineData(new double[] { 4, 1, 2, 90 }, 3)]
    public void The_median_is_the_middle(double[] values, double median) =>
        Assert.Equal(median, NetworkBenchmark.Median(values));

    private sealed class Sleeper(
        string variant,
        string runtime,
        int milliseconds,
        List<string> calls
    ) : INetworkRunner
    {
        public NetworkConfiguration Network { get; } = Variants.Create(variant, 1);

        public string Runtime => runtime;

        public string Precision => "fp32";

        public void Run(int size)
        {
            calls.Add($"{variant} {runtime}");
            Thread.Sleep(milliseconds);
        }

        public void Dispose() { }
    }
}

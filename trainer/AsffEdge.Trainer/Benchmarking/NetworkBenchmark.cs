using System.Diagnostics;
using AsffEdge.Trainer.Network;

namespace AsffEdge.Trainer.Benchmarking;

/// <summary>
/// Times networks against one another. At every size all of them run in turns, each turn from another start, so that a machine that
/// grows slower or faster meanwhile does so for all.
/// </summary>
internal static class NetworkBenchmark
{
    private const int MaxRuns = 1000;

    /// <summary>Measures.</summary>
    /// <param name="runners">What to time.</param>
    /// <param name="sizes">Input sizes in pixels.</param>
    /// <param name="leastRuns">Runs of each at each size, not counting one to warm up.</param>
    /// <param name="leastSeconds">Goes on until each has run about this long at a size: quick networks need more runs for a steady median.</param>
    /// <param name="progress">Told what is measured now.</param>
    /// <param name="cancellation">Ends it between two runs.</param>
    public static IReadOnlyList<SpeedFigure> Run(
        IReadOnlyList<INetworkRunner> runners,
        IReadOnlyList<int> sizes,
        int leastRuns,
        double leastSeconds,
        Action<string> progress,
        CancellationToken cancellation
    )
    {
        List<SpeedFigure> figures = [];
        foreach (int size in sizes)
        {
            double[][] times = Time(runners, size, leastRuns, leastSeconds, progress, cancellation);
            double[] medians = [.. times.Select(Median)];
            figures.AddRange(
                runners.Select(
                    (runner, index) =>
                        new SpeedFigure(
                            size,
                            runner.Network.Variant,
                            runner.Runtime,
                            runner.Precision,
                            1000 * medians[index],
                            1 / medians[index],
                            BaselineOf(runners, index) is { } baseline
                                ? (medians[index] / medians[baseline]) - 1
                                : null,
                            times[index].Length
                        )
                )
            );
        }

        return figures;
    }

    /// <summary>The runner of the same backbone without fusion in the same runtime; null where there is none, or it is that itself.</summary>
    internal static int? BaselineOf(IReadOnlyList<INetworkRunner> runners, int index)
    {
        INetworkRunner runner = runners[index];
        for (int other = 0; other < runners.Count; other++)
        {
            bool isBaseline =
                other != index
                && runner.Network.Fusion != FusionKind.None
                && runners[other].Network.Fusion == FusionKind.None
                && runners[other].Network.Backbone == runner.Network.Backbone
                && runners[other].Runtime == runner.Runtime
                && runners[other].Precision == runner.Precision;
            if (isBaseline)
            {
                return other;
            }
        }

        return null;
    }

    internal static double Median(double[] values)
    {
        double[] sorted = [.. values.Order()];
        int middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    private static double[][] Time(
        IReadOnlyList<INetworkRunner> runners,
        int size,
        int leastRuns,
        double leastSeconds,
        Action<string> progress,
        CancellationToken cancellation
    )
    {
        double[][] times = [.. runners.Select(_ => Array.Empty<double>())];
        foreach (INetworkRunner runner in runners)
        {
            progress($"{size}: warming {runner.Network.Variant}, {runner.Runtime}");
            cancellation.ThrowIfCancellationRequested();
            runner.Run(size);
        }

        long started = Stopwatch.GetTimestamp();
        for (int round = 0; round < MaxRuns; round++)
        {
            double each = Stopwatch.GetElapsedTime(started).TotalSeconds / runners.Count;
            if (round >= leastRuns && each >= leastSeconds)
            {
                break;
            }

            progress($"{size}: run {round + 1}");
            for (int turn = 0; turn < runners.Count; turn++)
            {
                cancellation.ThrowIfCancellationRequested();
                int index = (round + turn) % runners.Count;
                long start = Stopwatch.GetTimestamp();
                runners[index].Run(size);
                times[index] = [.. times[index], Stopwatch.GetElapsedTime(start).TotalSeconds];
            }
        }

        return times;
    }
}

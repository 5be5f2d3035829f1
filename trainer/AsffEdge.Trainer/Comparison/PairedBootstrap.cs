using AsffEdge.Trainer.Augmentation;

namespace AsffEdge.Trainer.Comparison;

/// <summary>
/// How far differences between two models may be chance (Efron's bootstrap, percentile interval): pictures are drawn with replacement, the same ones for both models, and
/// every figure is computed anew from each draw.
/// </summary>
/// <param name="images">Number of pictures.</param>
/// <param name="draws">How many draws.</param>
/// <param name="together">
/// Neighbouring pictures that are drawn together. Frames of one video a moment apart are nearly the same picture, and drawn singly they make intervals look narrower than they are.
/// </param>
/// <param name="seed">The same seed gives the same intervals, on any number of cores.</param>
internal sealed class PairedBootstrap(int images, int draws, int together, ulong seed)
{
    private const double Tail = 0.025;

    /// <summary>Computes figures and intervals.</summary>
    /// <param name="figures">The figures.</param>
    /// <param name="onProgress">Told the share that is done, 0..1, one call at a time.</param>
    /// <param name="cancellation">Ends the work.</param>
    public IReadOnlyList<ComparedFigure> Compare(
        IReadOnlyList<PairedFigure> figures,
        Action<double>? onProgress = null,
        CancellationToken cancellation = default
    )
    {
        var differences = new double?[figures.Count][];
        for (int figure = 0; figure < figures.Count; figure++)
        {
            differences[figure] = new double?[draws];
        }

        int done = 0;
        var lockObject = new Lock();
        Parallel.For(
            0,
            draws,
            new ParallelOptions
            {
                CancellationToken = cancellation,
                MaxDegreeOfParallelism = Environment.ProcessorCount,
            },
            draw =>
            {
                int[] weights = Draw(draw);
                for (int figure = 0; figure < figures.Count; figure++)
                {
                    differences[figure][draw] =
                        figures[figure].New(weights) - figures[figure].Old(weights);
                }

                lock (lockObject)
                {
                    onProgress?.Invoke((double)++done / draws);
                }
            }
        );
        int[] once = [.. Enumerable.Repeat(1, images)];
        return
        [
            .. figures.Select(
                (figure, index) =>
                {
                    double? old = figure.Old(once);
                    double? now = figure.New(once);
                    // A draw without any object of a rare class says nothing about it.
                    double[] sorted =
                    [
                        .. differences[index]
                            .Where(difference => difference is not null)
                            .Select(difference => difference!.Value)
                            .Order(),
                    ];
                    return new ComparedFigure(
                        figure.Group,
                        figure.Name,
                        figure.Objects,
                        old,
                        now,
                        now - old,
                        Quantile(sorted, Tail),
                        Quantile(sorted, 1 - Tail)
                    );
                }
            ),
        ];
    }

    private int[] Draw(int draw)
    {
        var random = SampleRandom.For(seed, draw, 0);
        int groups = (images + together - 1) / together;
        int[] weights = new int[images];
        for (int drawn = 0; drawn < groups; drawn++)
        {
            int first = random.Below(groups) * together;
            for (int image = first; image < Math.Min(first + together, images); image++)
            {
                weights[image]++;
            }
        }

        return weights;
    }

    private static double? Quantile(double[] sorted, double share)
    {
        if (sorted.Length == 0)
        {
            return null;
        }

        double place = share * (sorted.Length - 1);
        int below = (int)place;
        int above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
    }
}

using AsffEdge.Trainer.Evaluation;

namespace AsffEdge.Trainer.Comparison;

/// <summary>
/// One class within one range of areas: all detections best first, with what each found, ready to be averaged over pictures that count any number of times. Drawing pictures with replacement is the same as
/// counting each as often as it was drawn.
/// </summary>
internal sealed class RankedDetections
{
    private readonly int[] _image;
    private readonly bool[][] _found;
    private readonly bool[][] _ignored;
    private readonly int[] _objects;

    private RankedDetections(int[] image, bool[][] found, bool[][] ignored, int[] objects)
    {
        _image = image;
        _found = found;
        _ignored = ignored;
        _objects = objects;
    }

    /// <summary>Matches and ranks as <see cref="CocoEvaluator"/> does.</summary>
    /// <param name="images">Ids of the pictures, ascending; weights are given in this order.</param>
    /// <param name="truth">Objects of the class, by picture.</param>
    /// <param name="detections">Detections of the class, by picture.</param>
    /// <param name="minArea">Objects below do not count.</param>
    /// <param name="maxArea">Nor do those above.</param>
    public static RankedDetections From(
        IReadOnlyList<long> images,
        ILookup<long, GroundTruthBox> truth,
        ILookup<long, ScoredBox> detections,
        double minArea = 0,
        double maxArea = CocoEvaluator.Any
    )
    {
        int[] objects = new int[images.Count];
        var all = new List<(double Score, int Image, int Detection, ImageMatches Matches)>();
        for (int image = 0; image < images.Count; image++)
        {
            var scores = new ImageScores(truth[images[image]], detections[images[image]]);
            ImageMatches matches = scores.Match(minArea, maxArea);
            objects[image] = matches.Objects;
            for (int detection = 0; detection < scores.Detections.Length; detection++)
            {
                all.Add((scores.Detections[detection].Score, image, detection, matches));
            }
        }

        // A stable order, so that equal scores rank as in the evaluator.
        var ranked = all.OrderByDescending(one => one.Score).ToArray();
        bool[][] Rows(Func<ImageMatches, bool[,]> of) =>
            [
                .. CocoEvaluator.Thresholds.Select(
                    (_, threshold) =>
                        Array.ConvertAll(ranked, one => of(one.Matches)[threshold, one.Detection])
                ),
            ];
        return new RankedDetections(
            Array.ConvertAll(ranked, one => one.Image),
            Rows(matches => matches.Found),
            Rows(matches => matches.Ignored),
            objects
        );
    }

    /// <summary>Average precision over IoU 0.50:0.05:0.95, 0..1; null where no object counts.</summary>
    /// <param name="weights">How often each picture counts.</param>
    public double? AveragePrecision(ReadOnlySpan<int> weights)
    {
        long objects = 0;
        for (int image = 0; image < _objects.Length; image++)
        {
            objects += (long)weights[image] * _objects[image];
        }

        if (objects == 0)
        {
            return null;
        }

        // Recall and precision where recall rises; between two of these, precision only falls.
        long[] hits = new long[_image.Length];
        double[] precision = new double[_image.Length];
        double sum = 0;
        for (int threshold = 0; threshold < _found.Length; threshold++)
        {
            sum += At(threshold, weights, objects, hits, precision);
        }

        return sum / _found.Length;
    }

    private double At(
        int threshold,
        ReadOnlySpan<int> weights,
        long objects,
        long[] hits,
        double[] precision
    )
    {
        (bool[] found, bool[] ignored) = (_found[threshold], _ignored[threshold]);
        int points = 0;
        long right = 0;
        long counted = 0;
        for (int rank = 0; rank < _image.Length; rank++)
        {
            int weight = weights[_image[rank]];
            if (weight == 0 || ignored[rank])
            {
                continue;
            }

            counted += weight;
            if (found[rank])
            {
                right += weight;
                hits[points] = right;
                precision[points++] = (double)right / counted;
            }
        }

        for (int point = points - 2; point >= 0; point--)
        {
            precision[point] = Math.Max(precision[point], precision[point + 1]);
        }

        const double step = 1.0 / (CocoEvaluator.RecallSamples - 1);
        double sum = 0;
        int next = 0;
        for (int sample = 0; sample < CocoEvaluator.RecallSamples; sample++)
        {
            double wanted = sample == CocoEvaluator.RecallSamples - 1 ? 1 : sample * step;
            while (next < points && (double)hits[next] / objects < wanted)
            {
                next++;
            }

            sum += next < points ? precision[next] : 0;
        }

        return sum / CocoEvaluator.RecallSamples;
    }
}

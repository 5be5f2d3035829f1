namespace AsffEdge.Trainer.Evaluation;

/// <summary>One class in one picture: the detections best first, and how much they overlap each object.</summary>
internal sealed class ImageScores
{
    private readonly GroundTruthBox[] _truth;
    private readonly double[,] _overlaps;

    /// <summary>Takes the hundred best detections.</summary>
    public ImageScores(IEnumerable<GroundTruthBox> truth, IEnumerable<ScoredBox> detections)
    {
        _truth = [.. truth];
        Detections =
        [
            .. detections.OrderByDescending(box => box.Score).Take(CocoEvaluator.MostDetections),
        ];
        _overlaps = new double[Detections.Length, _truth.Length];
        for (int detection = 0; detection < Detections.Length; detection++)
        {
            for (int index = 0; index < _truth.Length; index++)
            {
                _overlaps[detection, index] = Detections[detection].Overlap(_truth[index]);
            }
        }
    }

    /// <summary>The detections, best first.</summary>
    public ScoredBox[] Detections { get; }

    /// <summary>Matches at all of <see cref="CocoEvaluator.Thresholds"/>, within a range of areas.</summary>
    public ImageMatches Match(double minArea, double maxArea) =>
        ImageMatches.Match(
            _truth,
            Detections,
            _overlaps,
            CocoEvaluator.Thresholds,
            minArea,
            maxArea
        );
}

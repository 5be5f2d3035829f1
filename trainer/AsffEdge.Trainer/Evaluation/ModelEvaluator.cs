using AsffEdge.Detection;
using AsffEdge.Trainer.Data;
using AsffEdge.Trainer.Prediction;

namespace AsffEdge.Trainer.Evaluation;

/// <summary>Runs a model over a data set and scores what it finds. Neither the model nor the data set is disposed.</summary>
/// <param name="predictor">The model; its class ids are the data set's.</param>
/// <param name="dataset">What is there.</param>
public sealed class ModelEvaluator(IPredictor predictor, LabelledDataset dataset)
{
    /// <summary>Detections below this score are not looked at; low, so that the curves reach high recalls.</summary>
    public const float ScoreFloor = 0.01f;

    /// <summary>Greatest IoU between two detections of a class, 0..1. The default is the paper's (Section 4).</summary>
    public float NmsThreshold { get; init; } = 0.6f;

    /// <summary>Takes only the first picture and every so many after it; 1 or more.</summary>
    public int Every { get; init; } = 1;

    /// <summary>Pictures that an evaluation takes.</summary>
    public int Images => (dataset.Count + Every - 1) / Every;

    /// <summary>Evaluates at one input size.</summary>
    /// <param name="size">Input size in pixels.</param>
    /// <param name="onImage">Told after every picture how many are done.</param>
    /// <param name="cancellation">Ends the evaluation between two pictures.</param>
    /// <exception cref="DatasetException">A picture cannot be read.</exception>
    public ModelEvaluation Evaluate(
        int size,
        Action<int>? onImage = null,
        CancellationToken cancellation = default
    )
    {
        List<ScoredBox> detections = [];
        HashSet<long> taken = [];
        var found = new DetectedObject[Predictor.MaxDetections];
        for (int index = 0; index < dataset.Count; index += Every)
        {
            cancellation.ThrowIfCancellationRequested();
            using Sample sample = dataset.Load(index);
            long id = dataset.Annotations.Images[index].Id;
            taken.Add(id);
            int count = predictor.Detect(sample.Image, size, ScoreFloor, NmsThreshold, found);
            foreach (DetectedObject one in found.AsSpan(0, count))
            {
                detections.Add(ScoredBox.From(one, id, sample.Image));
            }

            onImage?.Invoke(taken.Count);
        }

        GroundTruthBox[] truth =
        [
            .. dataset.Annotations.Objects.Where(box => taken.Contains(box.ImageId)),
        ];
        return new ModelEvaluation(
            size,
            taken.Count,
            detections,
            CocoEvaluator.Evaluate(truth, detections, dataset.Labels.Count),
            VocEvaluator.Evaluate(truth, detections, dataset.Labels.Count)
        );
    }
}

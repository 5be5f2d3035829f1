using System.Diagnostics;
using AsffEdge.Detection;
using AsffEdge.Trainer.Data;
using AsffEdge.Trainer.Evaluation;
using AsffEdge.Trainer.Prediction;

namespace AsffEdge.Trainer.Comparison;

/// <summary>
/// Runs two models over the same pictures in turn, picture by picture and size by size, the one that goes first changing: whatever else the machine does hits both alike, so their times can be compared.
/// </summary>
/// <param name="dataset">The pictures; its class ids are the old model's.</param>
/// <param name="sizes">Input sizes.</param>
/// <param name="nms">NMS threshold, 0..1.</param>
internal sealed class PairedEvaluation(LabelledDataset dataset, IReadOnlyList<int> sizes, float nms)
{
    private readonly DetectedObject[] _found = new DetectedObject[Predictor.MaxDetections];

    /// <summary>Runs both.</summary>
    /// <param name="old">The old model.</param>
    /// <param name="next">The new model; the same classes, in any order.</param>
    /// <param name="onProgress">Told the share that is done, 0..1.</param>
    /// <param name="cancellation">Ends the run between two pictures.</param>
    public PairedRun Run(
        IPredictor old,
        IPredictor next,
        Action<double> onProgress,
        CancellationToken cancellation
    )
    {
        var models = new[]
        {
            new Model(old, sizes, dataset.Labels),
            new Model(next, sizes, dataset.Labels),
        };
        for (int index = 0; index < dataset.Count; index++)
        {
            cancellation.ThrowIfCancellationRequested();
            using Sample sample = dataset.Load(index);
            long id = dataset.Annotations.Images[index].Id;
            for (int size = 0; size < sizes.Count; size++)
            {
                if (index == 0)
                {
                    // The first run at a size sets its memory up.
                    Array.ForEach(models, model => Detect(model, size, sample, null));
                }

                int first = (index + size) % 2;
                Detect(models[first], size, sample, id);
                Detect(models[1 - first], size, sample, id);
            }

            onProgress((index + 1.0) / dataset.Count);
        }

        return new PairedRun(sizes, models[0].Results(), models[1].Results());
    }

    private void Detect(Model model, int size, Sample sample, long? imageId)
    {
        long started = Stopwatch.GetTimestamp();
        int count = model.Predictor.Detect(
            sample.Image,
            sizes[size],
            ModelEvaluator.ScoreFloor,
            nms,
            _found
        );
        double milliseconds = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        if (imageId is not { } id)
        {
            return;
        }

        model.Times[size].Add(milliseconds);
        foreach (DetectedObject one in _found.AsSpan(0, count))
        {
            model
                .Found[size]
                .Add(
                    ScoredBox.From(one, id, sample.Image) with
                    {
                        ClassId = model.ClassIds[one.ClassId],
                    }
                );
        }
    }

    private sealed class Model(
        IPredictor predictor,
        IReadOnlyList<int> sizes,
        IReadOnlyList<string> labels
    )
    {
        public IPredictor Predictor => predictor;

        public int[] ClassIds { get; } =
        [
            .. predictor.Manifest.Labels.Select(label =>
                labels.TakeWhile(other => other != label).Count()
            ),
        ];

        public List<ScoredBox>[] Found { get; } = [.. sizes.Select(_ => new List<ScoredBox>())];

        public List<double>[] Times { get; } = [.. sizes.Select(_ => new List<double>())];

        public SizeRun[] Results() =>
            [.. Found.Zip(Times, (found, times) => new SizeRun(found, [.. times.Order()]))];
    }
}

/// <summary>What two models found, by size.</summary>
/// <param name="Sizes">Input sizes.</param>
/// <param name="Old">The old model's, in the order of the sizes.</param>
/// <param name="New">The new model's.</param>
internal sealed record PairedRun(
    IReadOnlyList<int> Sizes,
    IReadOnlyList<SizeRun> Old,
    IReadOnlyList<SizeRun> New
);

/// <summary>What a model found at one size.</summary>
/// <param name="Detections">All of them; class ids are the data set's.</param>
/// <param name="Milliseconds">Time of every picture, ascending: preprocessing, inference and postprocessing.</param>
internal sealed record SizeRun(IReadOnlyList<ScoredBox> Detections, double[] Milliseconds)
{
    /// <summary>Half of the pictures took no longer.</summary>
    public double Median => Milliseconds[Milliseconds.Length / 2];

    /// <summary>Of 100 pictures 95 took no longer.</summary>
    public double Percentile95 => Milliseconds[(int)(0.95 * (Milliseconds.Length - 1))];
}

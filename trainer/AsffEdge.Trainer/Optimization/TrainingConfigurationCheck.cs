using AsffEdge.Trainer.Data;
using AsffEdge.Trainer.Losses;
using AsffEdge.Trainer.Network;

namespace AsffEdge.Trainer.Optimization;

/// <summary>What is wrong with a configuration, all of it, so that it can be mended in one go.</summary>
internal static class TrainingConfigurationCheck
{
    // A step's pictures are one array.
    private static readonly long LargestStep = Array.MaxLength;

    /// <summary>One line a problem, with the key and what is allowed; empty for a configuration that can be used.</summary>
    public static IReadOnlyList<string> Problems(TrainingConfiguration configuration)
    {
        int labels = configuration.Data.Labels.Count;
        List<string> problems =
        [
            .. configuration.Model.Problems(),
            .. configuration.Loss.Problems(labels > 0 ? labels : null),
            .. ForeignProblems(configuration),
        ];
        void Require(bool condition, string problem)
        {
            if (!condition)
            {
                problems.Add(problem);
            }
        }

        Require(
            configuration.Data.Train.Length > 0 || configuration.Data.Dataset is not null,
            "data.train is missing; it names the annotations of the training set, or data.dataset a data set's folder"
        );
        Require(
            configuration.Data.Images.Length > 0
                || configuration.Data.Format != DataFormat.Coco
                || configuration.Data.Dataset is not null,
            "data.images is missing; it names the image folder or the video"
        );
        CheckRehearsal(configuration, Require);
        CheckLength(configuration, Require);
        CheckOptimizer(configuration.Optimizer, Require);
        try
        {
            configuration.Augmentation.Validate();
        }
        catch (DatasetException error)
        {
            problems.Add(error.Message);
        }

        return problems;
    }

    /// <summary>Keys that mean nothing to the detector: they must not look as if they did.</summary>
    private static IEnumerable<string> ForeignProblems(TrainingConfiguration configuration)
    {
        if (configuration.Model.Detector != DetectorKind.RetinaNet)
        {
            yield break;
        }

        if (configuration.Loss != new LossOptions())
        {
            yield return "loss: its keys belong to YOLOv3's loss; for the retinanet variants leave them out";
        }

        if (configuration.Model.Anchors.Count > 0)
        {
            yield return "model.anchors: the retinanet variants have anchors of their own; leave it out";
        }

        if (configuration.Augmentation.Mixup.Probability > 0)
        {
            yield return "augmentation.mixup weighs objects, which the loss of the retinanet variants does not; allowed for them: false";
        }
    }

    private static void CheckRehearsal(
        TrainingConfiguration configuration,
        Action<bool, string> require
    )
    {
        if (configuration.Data.Rehearsal is not { } old)
        {
            return;
        }

        require(
            old.Dataset is not null || old.Train.Length > 0,
            "data.rehearsal.train is missing; it names the annotations of the old data, or data.rehearsal.dataset a data set's folder"
        );
        require(
            old.Dataset is not null || old.Images.Length > 0 || old.Format != DataFormat.Coco,
            "data.rehearsal.images is missing; it names the image folder or the video"
        );
        require(
            old.Share is > 0 and < 1,
            $"data.rehearsal.share is {old.Share}; allowed: above 0 to below 1"
        );
        require(
            configuration.ImagesPerStep >= 2,
            $"data.rehearsal needs new and old images in a step, and batch_size × accumulate is {configuration.ImagesPerStep}; allowed: 2 and above"
        );
    }

    private static void CheckLength(
        TrainingConfiguration configuration,
        Action<bool, string> require
    )
    {
        (int epochs, int batch, int accumulate) = (
            configuration.Epochs,
            configuration.BatchSize,
            configuration.Accumulate
        );
        require(epochs is >= 1 and <= 100_000, $"epochs is {epochs}; allowed: 1 to 100000");
        require(batch is >= 1 and <= 4096, $"batch_size is {batch}; allowed: 1 to 4096");
        require(accumulate is >= 1 and <= 4096, $"accumulate is {accumulate}; allowed: 1 to 4096");
        require(
            configuration.Sizes.Count > 0
                && configuration.Sizes.All(size => NetworkInput.Manifest.Allows(size)),
            $"sizes is [{string.Join(", ", configuration.Sizes)}]; allowed: {NetworkInput.Manifest.DescribeSizes()}"
        );
        require(
            configuration.RandomShapes || configuration.Sizes.Count == 1,
            $"random_shapes is off, and sizes holds {configuration.Sizes.Count}: [{string.Join(", ", configuration.Sizes)}]; allowed: one size"
        );
        long largest = configuration.Sizes.DefaultIfEmpty(0).Max();
        require(
            batch < 1 || accumulate < 1 || 3 * largest * largest * batch * accumulate < LargestStep,
            $"batch_size {batch} × accumulate {accumulate} is too many images of {largest} pixels for one step; allowed: below {LargestStep / Math.Max(1, 3 * largest * largest)}"
        );
        require(
            configuration.SizeEvery >= 1,
            $"size_every is {configuration.SizeEvery}; allowed: 1 and above"
        );
        require(
            configuration.MixupOffEpochs >= 0,
            $"mixup_off_epochs is {configuration.MixupOffEpochs}; allowed: 0 and above"
        );
        require(
            configuration.EmaDecay is >= 0 and < 1,
            $"ema_decay is {configuration.EmaDecay}; allowed: 0 to below 1"
        );
        require(
            configuration.Workers is >= 1 and <= 256,
            $"workers is {configuration.Workers}; allowed: 1 to 256"
        );
        require(
            configuration.SaveEvery >= 1,
            $"save_every is {configuration.SaveEvery}; allowed: 1 and above"
        );
        require(
            configuration.ValidationEvery >= 0,
            $"validation_every is {configuration.ValidationEvery}; allowed: 0 (never) and above"
        );
        require(
            configuration.ValidationEvery <= 0
                || configuration.Data.Validation is not null
                || configuration.Data.Dataset is not null,
            $"validation_every is {configuration.ValidationEvery}, but data.validation is missing; it names the annotations of the validation set"
        );
        require(
            NetworkInput.Manifest.Allows(configuration.ValidationSize),
            $"validation_size is {configuration.ValidationSize}; allowed: {NetworkInput.Manifest.DescribeSizes()}"
        );
    }

    private static void CheckOptimizer(OptimizerOptions optimizer, Action<bool, string> require)
    {
        require(
            double.IsFinite(optimizer.LearningRate) && optimizer.LearningRate > 0,
            $"optimizer.learning_rate is {optimizer.LearningRate}; allowed: above 0"
        );
        require(
            optimizer.FinalLearningRate >= 0
                && optimizer.FinalLearningRate <= optimizer.LearningRate,
            $"optimizer.final_learning_rate is {optimizer.FinalLearningRate}; allowed: 0 to optimizer.learning_rate ({optimizer.LearningRate})"
        );
        require(
            optimizer.Falls.All(fall => fall is > 0 and < 1)
                && optimizer.Falls.Order().SequenceEqual(optimizer.Falls),
            $"optimizer.falls is [{string.Join(", ", optimizer.Falls)}]; allowed: shares of the training, above 0 to below 1, in order"
        );
        require(
            optimizer.WarmupEpochs >= 0,
            $"optimizer.warmup_epochs is {optimizer.WarmupEpochs}; allowed: 0 and above"
        );
        require(
            optimizer.Momentum is >= 0 and < 1,
            $"optimizer.momentum is {optimizer.Momentum}; allowed: 0 to below 1"
        );
        require(
            double.IsFinite(optimizer.WeightDecay) && optimizer.WeightDecay >= 0,
            $"optimizer.weight_decay is {optimizer.WeightDecay}; allowed: 0 and above"
        );
        require(
            double.IsFinite(optimizer.ClipNorm) && optimizer.ClipNorm >= 0,
            $"optimizer.clip_norm is {optimizer.ClipNorm}; allowed: 0 (unlimited) and above"
        );
    }
}

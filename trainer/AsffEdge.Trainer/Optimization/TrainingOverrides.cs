namespace AsffEdge.Trainer.Optimization;

/// <summary>What the command line of a fine-tuning says instead of the configuration.</summary>
/// <param name="From">Weights to start from, in place of <c>model.weights</c>; a full path.</param>
/// <param name="Dataset">A data set's folder, in place of <c>data.dataset</c>; a full path.</param>
/// <param name="LearningRate">Rate after warm-up; the rate at the end keeps its ratio to it.</param>
public sealed record TrainingOverrides(string? From, string? Dataset, double? LearningRate)
{
    internal TrainingConfiguration Apply(TrainingConfiguration configuration)
    {
        OptimizerOptions optimizer = configuration.Optimizer;
        return configuration with
        {
            Model = configuration.Model with { Weights = From ?? configuration.Model.Weights },
            Data = configuration.Data with { Dataset = Dataset ?? configuration.Data.Dataset },
            Optimizer = LearningRate is { } rate
                ? optimizer with
                {
                    LearningRate = rate,
                    FinalLearningRate =
                        optimizer.FinalLearningRate * (rate / optimizer.LearningRate),
                }
                : optimizer,
        };
    }
}

namespace AsffEdge.Trainer.Optimization;

/// <summary>The update rule and its rate (<c>optimizer:</c>). The defaults are the paper's.</summary>
public sealed record OptimizerOptions
{
    /// <summary>The update rule.</summary>
    public OptimizerKind Kind { get; init; } = OptimizerKind.Sgd;

    /// <summary>Rate after warm-up.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>
    /// After warm-up the rate follows half a cosine down to <see cref="FinalLearningRate"/>; off: it is divided by ten at each of
    /// <see cref="Falls"/>.
    /// </summary>
    public bool Cosine { get; init; } = true;

    /// <summary>
    /// Where the rate falls, as shares of all steps, warm-up included. The default is that of YOLOv3's public training: 400,000 and 450,000
    /// of 500,200.
    /// </summary>
    public IReadOnlyList<double> Falls { get; init; } = [0.8, 0.9];

    /// <summary>Rate at the end of the cosine.</summary>
    public double FinalLearningRate { get; init; } = 1e-5;

    /// <summary>Epochs of warm-up; the rate grows with the fourth power of their share.</summary>
    public double WarmupEpochs { get; init; } = 4;

    /// <summary>Momentum of SGD.</summary>
    public double Momentum { get; init; } = 0.9;

    /// <summary>Weight decay; convolution weights only.</summary>
    public double WeightDecay { get; init; } = 5e-4;

    /// <summary>Largest norm of the whole gradient; 0: unlimited.</summary>
    public double ClipNorm { get; init; }

    /// <summary>
    /// Parts of the network that stay as they are, statistics of their norms included, by the beginnings of their names: <c>backbone</c>, <c>backbone.block3</c>, <c>neck</c>, <c>head.level0</c>.
    /// For trainings that start from weights.
    /// </summary>
    public IReadOnlyList<string> Frozen { get; init; } = [];

    /// <summary>Whether a part of this name, or a tensor in it, stays as it is.</summary>
    public bool IsFrozen(string name) =>
        Frozen.Any(part =>
            name.StartsWith(part, StringComparison.Ordinal)
            && (name.Length == part.Length || name[part.Length] == '.')
        );
}

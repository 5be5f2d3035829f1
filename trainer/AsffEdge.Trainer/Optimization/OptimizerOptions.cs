namespace AsffEdge.Trainer.Optimization;

/// <summary>The update rule and its rate (<c>optimizer:</c>). The defaults are the paper's.</summary>
public sealed record OptimizerOptions
{
    /// <summary>The update rule.</summary>
    public OptimizerKind Kind { get; init; } = OptimizerKind.Sgd;

    /// <summary>Rate after warm-up.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>
    /// After warm-up the rate follows half a cosine down to <see cref="FinalLearningRate"/>; off: it is divided by ten at 80 % and again at 90 % of
    /// the steps, as in YOLOv3's public training.
    /// </summary>
    public bool Cosine { get; init; } = true;

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
}

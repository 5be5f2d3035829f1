using AsffEdge.Trainer.Losses;

namespace AsffEdge.Trainer.Optimization;

/// <summary>What one training step did.</summary>
/// <param name="Step">Steps since the start, from 0.</param>
/// <param name="Epoch">Epoch, from 0.</param>
/// <param name="Size">Input size in pixels.</param>
/// <param name="LearningRate">Rate.</param>
/// <param name="Loss">The loss's terms.</param>
/// <param name="Seconds">Duration, loading included.</param>
public readonly record struct StepReport(
    int Step,
    int Epoch,
    int Size,
    double LearningRate,
    LossTerms Loss,
    double Seconds
);

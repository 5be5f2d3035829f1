using AsffEdge.Trainer.Network;
using TorchSharp;
using static TorchSharp.torch;

namespace AsffEdge.Trainer.Optimization;

/// <summary>
/// Adam with decoupled weight decay (Loshchilov and Hutter, 2019, Algorithm 2) with β₁ = 0.9, β₂ = 0.999, ε = 10⁻⁸:
/// w ← w − rate·λ·w − rate·m̂/(√v̂ + ε).
/// </summary>
internal sealed class AdamWOptimizer(OptimizerOptions options, NetworkState state)
    : WeightOptimizer(options.IsFrozen, state, "mean", "square")
{
    private const double Beta1 = 0.9;
    private const double Beta2 = 0.999;
    private const double Epsilon = 1e-8;

    /// <inheritdoc/>
    public override void Update(int step, double rate)
    {
        using IDisposable frozen = no_grad();
        using Scalar shrink = 1 - (rate * options.WeightDecay);
        using Scalar oldMean = Beta1;
        using Scalar newMean = 1 - Beta1;
        using Scalar oldSquare = Beta2;
        using Scalar newSquare = 1 - Beta2;
        using Scalar squareScale = Math.Sqrt(1 - Math.Pow(Beta2, step + 1));
        using Scalar epsilon = Epsilon;
        using Scalar change = -rate / (1 - Math.Pow(Beta1, step + 1));
        foreach (Slot slot in Slots)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor gradient = slot.Gradient;
            Tensor mean = slot.Buffers[0];
            Tensor square = slot.Buffers[1];
            if (slot.IsDecayed)
            {
                slot.Weight.mul_(shrink);
            }

            mean.mul_(oldMean);
            mean.add_(gradient, newMean);
            square.mul_(oldSquare);
            square.addcmul_(gradient, gradient, newSquare);
            Tensor denominator = square.sqrt();
            denominator.div_(squareScale);
            denominator.add_(epsilon);
            slot.Weight.addcdiv_(mean, denominator, change);
        }
    }
}

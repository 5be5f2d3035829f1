using AsffEdge.Trainer.Network;
using TorchSharp;
using static TorchSharp.torch;

namespace AsffEdge.Trainer.Optimization;

/// <summary>
/// Stochastic gradient descent with momentum, as PyTorch writes it: v ← μ·v + g + λ·w; w ← w − rate·v.
/// </summary>
internal sealed class SgdOptimizer(OptimizerOptions options, NetworkState state)
    : WeightOptimizer(options.IsFrozen, state, "momentum")
{
    /// <inheritdoc/>
    public override void Update(int step, double rate)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable frozen = no_grad();
        using Scalar one = 1;
        using Scalar momentum = options.Momentum;
        using Scalar decay = options.WeightDecay;
        using Scalar change = -rate;
        foreach (Slot slot in Slots)
        {
            Tensor gradient = slot.Gradient;
            if (slot.IsDecayed)
            {
                gradient.add_(slot.Weight, decay);
            }

            Tensor velocity = slot.Buffers[0];
            velocity.mul_(momentum);
            velocity.add_(gradient, one);
            slot.Weight.add_(velocity, change);
        }
    }
}

using AsffEdge.Trainer.Network;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AsffEdge.Trainer.Optimization;

/// <summary>
/// Changes a network's trained tensors in place, by their gradients. An update is a pure function of weights, gradients, buffers,
/// step and rate, and the buffers can be read and overwritten: a run that is saved and continued stays the same to the last bit.
/// </summary>
internal abstract class WeightOptimizer : IDisposable
{
    /// <summary>Starts with zeros in every buffer and every gradient.</summary>
    /// <param name="isFrozen">Which tensors, by name, stay as they are.</param>
    /// <param name="state">What is trained.</param>
    /// <param name="buffers">What the rule remembers for each weight.</param>
    protected WeightOptimizer(
        Func<string, bool> isFrozen,
        NetworkState state,
        params string[] buffers
    )
    {
        using IDisposable frozen = no_grad();
        StateEntry[] trained =
        [
            .. state.Entries.Where(entry => entry.IsTrained && !isFrozen(entry.Name)),
        ];
        Slots =
        [
            .. trained.Select(entry => new Slot(
                (Parameter)state[entry.Name],
                // Norms and biases are not decayed: pulling a scale of 1 towards 0 is no regularisation.
                entry.Kind == StateKind.ConvolutionWeight,
                [.. buffers.Select(_ => zeros_like(state[entry.Name]))]
            )),
        ];
        Buffers =
        [
            .. trained
                .Zip(Slots)
                .SelectMany(pair =>
                    buffers.Zip(
                        pair.Second.Buffers,
                        (name, buffer) => KeyValuePair.Create($"{pair.First.Name}.{name}", buffer)
                    )
                ),
        ];
        // A weight that no object reached in a step has a gradient of 0, not none: its momentum runs on as any other's.
        foreach (Slot slot in Slots)
        {
            using Tensor gradient = zeros_like(slot.Weight);
            slot.Weight.grad = gradient;
        }
    }

    /// <summary>What is remembered between steps, as <c>weight.buffer</c>; the optimiser owns the tensors.</summary>
    public IReadOnlyList<KeyValuePair<string, Tensor>> Buffers { get; }

    /// <summary>The trained tensors.</summary>
    protected IReadOnlyList<Slot> Slots { get; }

    /// <summary>The rule that <paramref name="options"/> ask for.</summary>
    public static WeightOptimizer Create(OptimizerOptions options, NetworkState state) =>
        options.Kind switch
        {
            OptimizerKind.AdamW => new AdamWOptimizer(options, state),
            _ => new SgdOptimizer(options, state),
        };

    /// <summary>Forgets the gradients, before those of a step are added up.</summary>
    public void ClearGradients()
    {
        using DisposeScope scope = NewDisposeScope();
        foreach (Slot slot in Slots)
        {
            slot.Gradient.zero_();
        }
    }

    /// <summary>Scales all gradients down so that their common norm is at most <paramref name="maxNorm"/>.</summary>
    /// <param name="maxNorm">Largest norm; 0: unlimited.</param>
    /// <returns>The norm before; not finite where a gradient is not.</returns>
    public double ClipGradients(double maxNorm)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable frozen = no_grad();
        Tensor[] gradients = [.. Slots.Select(slot => slot.Gradient)];
        double norm = stack(gradients.Select(gradient => gradient.norm())).norm().item<float>();
        if (maxNorm > 0 && norm > maxNorm)
        {
            using Scalar factor = maxNorm / norm;
            foreach (Tensor gradient in gradients)
            {
                gradient.mul_(factor);
            }
        }

        return norm;
    }

    /// <summary>Changes the weights.</summary>
    /// <param name="step">Steps done since the start of training.</param>
    /// <param name="rate">Learning rate.</param>
    public abstract void Update(int step, double rate);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach ((_, Tensor buffer) in Buffers)
        {
            buffer.Dispose();
        }
    }

    /// <summary>One trained tensor with what is remembered for it.</summary>
    protected sealed record Slot(Parameter Weight, bool IsDecayed, IReadOnlyList<Tensor> Buffers)
    {
        /// <summary>The gradient; the handle belongs to the caller's dispose scope.</summary>
        public Tensor Gradient => Weight.grad!;
    }
}

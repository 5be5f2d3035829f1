using AsffEdge.Trainer.Optimization;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AsffEdge.Trainer.Network;

/// <summary>The tensors of a network by name; owns them.</summary>
public sealed class NetworkState : IDisposable
{
    private readonly Dictionary<string, Tensor> _tensors;

    private NetworkState(IReadOnlyList<StateEntry> entries, Dictionary<string, Tensor> tensors)
    {
        Entries = entries;
        _tensors = tensors;
    }

    /// <summary>What the network consists of, in order of execution.</summary>
    public IReadOnlyList<StateEntry> Entries { get; }

    /// <summary>All tensors by name, in order of execution.</summary>
    public IEnumerable<KeyValuePair<string, Tensor>> Tensors =>
        Entries.Select(entry => KeyValuePair.Create(entry.Name, _tensors[entry.Name]));

    /// <summary>The tensor called <paramref name="name"/>; a <see cref="Parameter"/> where it is trained.</summary>
    public Tensor this[string name] => _tensors[name];

    /// <summary>
    /// Fresh weights: MSRA (He) normal with the LeakyReLU slope 0.1 for convolutions, ones and zeros for the rest;
    /// the objectness bias starts at the prior 0.01, so that the many background cells do not drown the first steps.
    /// </summary>
    /// <param name="network">The network.</param>
    /// <param name="seed">Makes the weights repeatable.</param>
    /// <param name="device">Where the tensors live.</param>
    public static NetworkState Initialise(
        NetworkConfiguration network,
        int seed,
        Device? device = null
    )
    {
        using CollectionPause pause = CollectionPause.Start();
        using var generator = new Generator((ulong)seed);
        return Create(
            network,
            entry =>
            {
                long[] shape = [.. entry.Shape];
                switch (entry.Kind)
                {
                    case StateKind.ConvolutionWeight:
                        long fanIn = shape[1] * shape[2] * shape[3];
                        double deviation = Math.Sqrt(2 / (1.01 * fanIn));
                        // Predictions and guidance start near their base shapes.
                        if (
                            entry.Name.EndsWith("guidance.weight", StringComparison.Ordinal)
                            || entry.Name.EndsWith("prediction.weight", StringComparison.Ordinal)
                        )
                        {
                            deviation = 0.01;
                        }

                        return randn(shape, generator: generator) * deviation;
                    case StateKind.NormWeight or StateKind.RunningVariance:
                        return ones(shape);
                    case StateKind.Bias:
                        return tensor(DetectorNetwork.InitialBias(network, entry));
                    default:
                        return zeros(shape);
                }
            },
            device
        );
    }

    /// <summary>A state with the values that <paramref name="values"/> gives for each entry.</summary>
    /// <param name="network">The network.</param>
    /// <param name="values">A tensor for each entry; copied.</param>
    /// <param name="device">Where the tensors live.</param>
    /// <exception cref="InvalidDataException">A tensor has another shape than the network's.</exception>
    public static NetworkState Create(
        NetworkConfiguration network,
        Func<StateEntry, Tensor> values,
        Device? device = null
    )
    {
        IReadOnlyList<StateEntry> entries = SummaryOps.Of(network).State;
        var tensors = new Dictionary<string, Tensor>(entries.Count);
        foreach (StateEntry entry in entries)
        {
            using DisposeScope scope = NewDisposeScope();
            using IDisposable frozen = no_grad();
            Tensor value = values(entry);
            if (!value.shape.SequenceEqual(entry.Shape))
            {
                throw new InvalidDataException(
                    $"'{entry.Name}' has shape [{string.Join(", ", value.shape)}]; this network needs [{string.Join(", ", entry.Shape)}]"
                );
            }

            Tensor owned = value.to(ScalarType.Float32).to(device ?? CPU).detach().clone();
            tensors[entry.Name] = (
                entry.IsTrained ? new Parameter(owned) : owned
            ).DetachFromDisposeScope();
        }

        return new NetworkState(entries, tensors);
    }

    /// <summary>The values of the tensor called <paramref name="name"/>, row-major, copied to managed memory.</summary>
    public float[] Read(string name) => Read(_tensors[name]);

    /// <summary>The values of a float tensor, row-major, copied to managed memory.</summary>
    internal static float[] Read(Tensor values)
    {
        // The scope holds the tensors in between: a collection must not free one while native code reads it.
        using DisposeScope scope = NewDisposeScope();
        return values.detach().cpu().contiguous().data<float>().ToArray();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Tensor tensor in _tensors.Values)
        {
            tensor.Dispose();
        }
    }
}

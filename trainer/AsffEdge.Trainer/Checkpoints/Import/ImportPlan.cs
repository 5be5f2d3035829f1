using AsffEdge.Trainer.Network;
using AsffEdge.Trainer.Optimization;
using TorchSharp;
using static TorchSharp.torch;

namespace AsffEdge.Trainer.Checkpoints.Import;

/// <summary>Which tensor of a file becomes which of a network.</summary>
internal sealed class ImportPlan
{
    /// <summary>Batches that a norm has seen: a counter that PyTorch keeps beside the running statistics, and no weight.</summary>
    private const string Counter = "num_batches_tracked";

    private readonly ImportedWeights _weights;
    private readonly NetworkConfiguration _network;
    private readonly Dictionary<string, ImportedTensor> _matched = [];

    /// <summary>Compares names and shapes; reads no values.</summary>
    /// <exception cref="InvalidDataException">The file holds a name twice.</exception>
    public ImportPlan(ImportedWeights weights, NetworkConfiguration network)
    {
        _weights = weights;
        _network = network;
        Entries = SummaryOps.Of(network).State;
        AuthorNames? names = weights.IsBackbone ? null : AuthorNames.For(network);
        var left = new Dictionary<string, ImportedTensor>();
        ImportedTensor[] tensors =
        [
            .. weights.Tensors.Select(tensor =>
                tensor with
                {
                    Name = names?.Current(tensor.Name) ?? tensor.Name,
                }
            ),
        ];
        foreach (ImportedTensor tensor in tensors)
        {
            if (!left.TryAdd(tensor.Name, tensor))
            {
                throw new InvalidDataException(
                    $"{weights.Path}: holds '{Printable.Of(tensor.Name)}' twice"
                );
            }
        }

        List<string> missing = [];
        List<string> differing = [];
        foreach (StateEntry entry in Entries)
        {
            string name = names?[entry.Name] ?? entry.Name;
            if (!left.Remove(name, out ImportedTensor? tensor))
            {
                missing.Add(name);
            }
            else if (CocoClasses.Select(tensor, entry, network) is { } selected)
            {
                _matched[entry.Name] = selected;
                HasCocoNumbers = true;
            }
            else if (!tensor.Shape.SequenceEqual(entry.Shape))
            {
                differing.Add(
                    $"{name} has shape [{string.Join(", ", tensor.Shape)}]; this network needs [{string.Join(", ", entry.Shape)}]"
                );
            }
            else
            {
                _matched[entry.Name] = tensor;
            }
        }

        Missing = missing;
        Differing = differing;
        string[] rest = [.. tensors.Select(tensor => tensor.Name).Where(left.ContainsKey)];
        Unused = [.. rest.Where(name => !IsCounter(name))];
        Counters = rest.Length - Unused.Count;
    }

    /// <summary>What the network consists of.</summary>
    public IReadOnlyList<StateEntry> Entries { get; }

    /// <summary>Tensors that the network needs and the file has not, by the file's names.</summary>
    public IReadOnlyList<string> Missing { get; }

    /// <summary>Tensors of another shape than the network's, with both shapes.</summary>
    public IReadOnlyList<string> Differing { get; }

    /// <summary>How many of the network's tensors the file does not have as they must be.</summary>
    public int Absent => Missing.Count + Differing.Count;

    /// <summary>Tensors of the file that the network does not need, counters left out.</summary>
    public IReadOnlyList<string> Unused { get; }

    /// <summary>True when the file's classes are COCO's numbers, of which the used ones are taken (<see cref="CocoClasses"/>).</summary>
    public bool HasCocoNumbers { get; }

    /// <summary>How many tensors of the file are counters of batches, which nothing needs.</summary>
    public int Counters { get; }

    /// <summary>True when a tensor of the file becomes <paramref name="entry"/>.</summary>
    public bool IsMatched(StateEntry entry) => _matched.ContainsKey(entry.Name);

    /// <summary>The network's state: the file's values where they match, fresh ones elsewhere.</summary>
    /// <param name="seed">Makes the fresh values repeatable.</param>
    /// <param name="normEpsilon">What the norms of the file's network add to the variance.</param>
    /// <exception cref="InvalidDataException">A tensor cannot be read or holds NaN or infinity; the message names file and tensor.</exception>
    public NetworkState CreateState(int seed, double normEpsilon = TorchOps.NormEpsilon)
    {
        using NetworkState? fresh = _matched.Count < Entries.Count ? Initialise(seed) : null;
        return NetworkState.Create(
            _network,
            entry =>
                _matched.TryGetValue(entry.Name, out ImportedTensor? source)
                    ? tensor(ReadLike(entry, source, normEpsilon), [.. entry.Shape])
                    : fresh![entry.Name]
        );
    }

    private NetworkState Initialise(int seed)
    {
        using var pause = CollectionPause.Start();
        return NetworkState.Initialise(_network, seed);
    }

    // A norm divides by √(variance + epsilon): a variance that makes up for the difference gives the same network.
    private float[] ReadLike(StateEntry entry, ImportedTensor source, double normEpsilon)
    {
        float[] values = ReadFinite(source);
        double difference = normEpsilon - TorchOps.NormEpsilon;
        if (difference != 0 && entry.Name.EndsWith(".running_var", StringComparison.Ordinal))
        {
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = (float)(values[i] + difference);
            }
        }

        return values;
    }

    private static bool IsCounter(string name) =>
        name.EndsWith($".{Counter}", StringComparison.Ordinal);

    private float[] ReadFinite(ImportedTensor source)
    {
        float[] values = _weights.Read(source);
        int index = Array.FindIndex(values, value => !float.IsFinite(value));
        return index < 0
            ? values
            : throw new InvalidDataException(
                $"{_weights.Path}: '{Printable.Of(source.Name)}' holds {values[index]} at {index}; allowed: finite numbers"
            );
    }
}

using AsffEdge.Trainer.Network;
using TorchSharp;
using static TorchSharp.torch;

namespace AsffEdge.Trainer.Optimization;

/// <summary>Exponential moving average of a network's state, running statistics included; usually better than the last step's weights.</summary>
public sealed class WeightAverage : IDisposable
{
    private readonly NetworkState _source;
    private readonly double _decay;

    /// <summary>Starts from a copy of <paramref name="source"/>.</summary>
    /// <param name="network">The network.</param>
    /// <param name="source">The state that is trained.</param>
    /// <param name="decay">Weight of the past, below 1; smaller during the first steps.</param>
    public WeightAverage(NetworkConfiguration network, NetworkState source, double decay)
    {
        _source = source;
        _decay = decay;
        State = NetworkState.Create(network, entry => source[entry.Name]);
    }

    /// <summary>The averaged state.</summary>
    public NetworkState State { get; }

    /// <summary>Takes in the source's present values.</summary>
    /// <param name="step">Steps done before the one that gave these values.</param>
    public void Update(int step)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable frozen = no_grad();
        double share = 1 - Math.Min(_decay, (step + 2.0) / (step + 11.0));
        foreach (StateEntry entry in State.Entries)
        {
            State[entry.Name].lerp_(_source[entry.Name], share);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => State.Dispose();
}

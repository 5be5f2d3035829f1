using AsffEdge.Trainer.Network;
using AsffEdge.Trainer.Optimization;
using TorchSharp;
using static TorchSharp.torch;

namespace AsffEdge.Trainer.Benchmarking;

/// <summary>A network run by TorchSharp, on the GPU where there is one. Half precision is bfloat16 there.</summary>
internal sealed class TorchRunner : INetworkRunner
{
    private readonly NetworkState _state;
    private readonly bool _half;
    private readonly Device _device;
    private readonly Dictionary<int, Tensor> _inputs = [];

    /// <summary>Makes a network of random weights.</summary>
    public TorchRunner(NetworkConfiguration network, bool half)
    {
        Network = network;
        _half = half;
        _device = cuda.is_available() ? CUDA : CPU;
        _state = NetworkState.Initialise(network, seed: 1, _device);
    }

    /// <inheritdoc/>
    public NetworkConfiguration Network { get; }

    /// <inheritdoc/>
    public string Runtime => $"TorchSharp, {_device}";

    /// <inheritdoc/>
    public string Precision => _half ? "bf16" : "fp32";

    /// <inheritdoc/>
    public void Run(int size)
    {
        using CollectionPause pause = CollectionPause.Start();
        using DisposeScope scope = NewDisposeScope();
        using IDisposable frozen = no_grad();
        Tensor[] maps = DetectorNetwork.ForwardMaps(
            new TorchOps(_state, training: false) { Bfloat16 = _half },
            Input(size),
            Network
        );
        // A GPU is done only when its results are here.
        foreach (Tensor map in maps)
        {
            map.cpu();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Tensor input in _inputs.Values)
        {
            input.Dispose();
        }

        _state.Dispose();
    }

    private Tensor Input(int size)
    {
        if (!_inputs.TryGetValue(size, out Tensor? input))
        {
            // Channels-last, as in training.
            input = rand([1, size, size, 3], device: _device)
                .permute(0, 3, 1, 2)
                .DetachFromDisposeScope();
            _inputs.Add(size, input);
        }

        return input;
    }
}

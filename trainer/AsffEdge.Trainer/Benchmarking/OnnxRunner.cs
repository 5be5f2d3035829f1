using AsffEdge.Detection;
using AsffEdge.Trainer.Checkpoints;
using AsffEdge.Trainer.Export;
using AsffEdge.Trainer.Network;

namespace AsffEdge.Trainer.Benchmarking;

/// <summary>A network as a device runs it: exported, and opened by the detector. Half precision is float16 there.</summary>
internal sealed class OnnxRunner : INetworkRunner
{
    private readonly Detector _detector;
    private readonly bool _half;

    /// <summary>Exports a network of random weights to a temporary file, opens it, and deletes it.</summary>
    /// <exception cref="ModelException">ONNX Runtime does not take it.</exception>
    public OnnxRunner(NetworkConfiguration network, bool half, int threads)
    {
        Network = network;
        _half = half;
        string file = Path.GetTempFileName();
        try
        {
            using NetworkState state = NetworkState.Initialise(network, seed: 1);
            string[] labels = [.. Enumerable.Range(0, network.Classes).Select(id => $"class{id}")];
            OnnxExporter.Export(
                file,
                state,
                new CheckpointInfo(
                    network.Variant,
                    "0",
                    network,
                    labels,
                    new ThresholdManifest(0.5f, 0.6f),
                    []
                ),
                half
            );
            _detector = Detector.Open(
                file,
                new DetectorOptions
                {
                    Threads = threads,
                    Providers = HasCuda ? ["cuda", "cpu"] : ["cpu"],
                }
            );
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>Whether this build of ONNX Runtime can use a GPU.</summary>
    public static bool HasCuda => Detector.HasProvider("cuda");

    /// <inheritdoc/>
    public NetworkConfiguration Network { get; }

    /// <inheritdoc/>
    public string Runtime => $"ONNX Runtime, {_detector.Provider}";

    /// <inheritdoc/>
    public string Precision => _half ? "fp16" : "fp32";

    /// <inheritdoc/>
    public void Run(int size) => _detector.Run(size);

    /// <inheritdoc/>
    public void Dispose() => _detector.Dispose();
}

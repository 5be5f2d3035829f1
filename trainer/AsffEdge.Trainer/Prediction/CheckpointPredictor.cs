using AsffEdge.Detection;
using AsffEdge.Trainer.Checkpoints;
using AsffEdge.Trainer.Export;
using AsffEdge.Trainer.Network;
using AsffEdge.Trainer.Optimization;
using OpenCvSharp;
using TorchSharp;
using static TorchSharp.torch;

namespace AsffEdge.Trainer.Prediction;

/// <summary>A checkpoint, run by TorchSharp; preprocessing and decoding are the detector's.</summary>
public sealed class CheckpointPredictor : IPredictor
{
    private readonly NetworkState _state;
    private readonly NetworkConfiguration _network;
    private readonly Preprocessor _preprocessor;
    private readonly Postprocessor _postprocessor = new(threads: 0);
    private readonly bool _ownsState;
    private float[] _input = [];

    /// <summary>Opens the file.</summary>
    /// <exception cref="InvalidDataException">The file cannot be used; the message names it and what is wrong.</exception>
    public CheckpointPredictor(string path)
        : this(Checkpoint.Load(path)) { }

    /// <summary>Runs a state of a training that goes on; whoever made the state disposes it.</summary>
    public CheckpointPredictor(NetworkState state, CheckpointInfo info)
    {
        _state = state;
        _network = info.Network;
        Manifest = OnnxExporter.CreateManifest(info);
        _preprocessor = new Preprocessor(Manifest.Input);
    }

    private CheckpointPredictor((NetworkState State, CheckpointInfo Info) checkpoint)
        : this(checkpoint.State, checkpoint.Info) => _ownsState = true;

    /// <inheritdoc/>
    public ModelManifest Manifest { get; }

    /// <summary>Sees the maps that the network points out, by name; they are gone once it returns.</summary>
    public Action<string, Tensor>? Observer { get; init; }

    /// <inheritdoc/>
    public int Detect(
        Mat bgr,
        int size,
        float scoreThreshold,
        float nmsThreshold,
        Span<DetectedObject> results
    )
    {
        Array.Resize(ref _input, 3 * size * size);
        _preprocessor.Run(bgr, size, _input);
        float[][] maps = Run(_input, size);
        int count = _postprocessor.Run(
            HeadShape.All(Manifest, size),
            level => maps[level],
            scoreThreshold,
            nmsThreshold,
            results[..Math.Min(results.Length, Predictor.MaxDetections)]
        );
        Postprocessor.ToFractions(results[..count], size);
        return count;
    }

    /// <inheritdoc/>
    public float[] Predict(ReadOnlySpan<float> nchw, int size)
    {
        float[][] maps = Run(nchw.ToArray(), size);
        return Predictor.DecodeAll(HeadShape.All(Manifest, size), level => maps[level]);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _preprocessor.Dispose();
        if (_ownsState)
        {
            _state.Dispose();
        }
    }

    private float[][] Run(float[] nchw, int size)
    {
        using CollectionPause pause = CollectionPause.Start();
        using DisposeScope scope = NewDisposeScope();
        using IDisposable frozen = no_grad();
        Tensor[] maps = DetectorNetwork.ForwardMaps(
            new TorchOps(_state, training: false) { Observer = Observer },
            tensor(nchw, [1, 3, size, size], device: _state[_state.Entries[0].Name].device),
            _network
        );
        return [.. maps.Select(map => map.cpu().contiguous().data<float>().ToArray())];
    }
}

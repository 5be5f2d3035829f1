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
    private readonly CandidateBuffer _candidates = new(4096);
    private float[] _input = [];

    /// <summary>Opens the file.</summary>
    /// <exception cref="InvalidDataException">The file cannot be used; the message names it and what is wrong.</exception>
    public CheckpointPredictor(string path)
        : this(Checkpoint.Load(path)) { }

    /// <summary>Runs a state, which it then owns.</summary>
    public CheckpointPredictor((NetworkState State, CheckpointInfo Info) checkpoint)
    {
        _state = checkpoint.State;
        _network = checkpoint.Info.Network;
        Manifest = OnnxExporter.CreateManifest(checkpoint.Info);
        _preprocessor = new Preprocessor(Manifest.Input);
    }

    /// <inheritdoc/>
    public ModelManifest Manifest { get; }

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
        HeadShape[] shapes = HeadShape.All(Manifest, size);
        float[][] maps = Run(_input, size);
        _candidates.Clear();
        for (int level = 0; level < maps.Length; level++)
        {
            YoloDecoder.Decode(maps[level], shapes[level], scoreThreshold, _candidates);
        }

        Span<DetectedObject> found = _candidates.Best();
        int count = NonMaximumSuppression.Suppress(
            found,
            nmsThreshold,
            Math.Min(results.Length, Predictor.MaxDetections)
        );
        for (int i = 0; i < count; i++)
        {
            results[i] = found[i] with { Box = found[i].Box.ToFractions(size) };
        }

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
        _state.Dispose();
    }

    private float[][] Run(float[] nchw, int size)
    {
        using CollectionPause pause = CollectionPause.Start();
        using DisposeScope scope = NewDisposeScope();
        using IDisposable frozen = no_grad();
        Tensor[] maps = AsffYolo.ForwardMaps(
            new TorchOps(_state, training: false),
            tensor(nchw, [1, 3, size, size]),
            _network
        );
        return [.. maps.Select(map => map.contiguous().data<float>().ToArray())];
    }
}

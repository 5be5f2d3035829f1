using AsffEdge.Detection;
using AsffEdge.Trainer.Network;
using AsffEdge.Trainer.Prediction;
using OpenCvSharp;
using TorchSharp;

namespace AsffEdge.Trainer.Visualization;

/// <summary>Runs a checkpoint on pictures and keeps what its fusion did.</summary>
internal sealed class FusionProbe : IDisposable
{
    private readonly CheckpointPredictor _predictor;
    private readonly float[][][] _weights = new float[NetworkConfiguration.Levels][][];
    private readonly float[][] _activations = new float[NetworkConfiguration.Levels][];

    /// <summary>Opens the file.</summary>
    /// <exception cref="InvalidDataException">The file cannot be used; the message names it and what is wrong.</exception>
    public FusionProbe(string path) =>
        _predictor = new CheckpointPredictor(path) { Observer = Keep };

    /// <summary>What the model says about itself.</summary>
    public ModelManifest Manifest => _predictor.Manifest;

    /// <summary>Looks at a picture.</summary>
    /// <param name="bgr">8UC3, BGR, any size.</param>
    /// <param name="size">Input size in pixels.</param>
    /// <param name="scoreThreshold">Least objectness × class score, 0..1.</param>
    public FusionView Look(Mat bgr, int size, float scoreThreshold)
    {
        Array.Fill(_weights, []);
        var found = new DetectedObject[Predictor.MaxDetections];
        int count = _predictor.Detect(bgr, size, scoreThreshold, Manifest.Thresholds.Nms, found);
        return new FusionView(
            found[..count],
            [
                .. Enumerable
                    .Range(0, NetworkConfiguration.Levels)
                    .Select(level => new LevelMaps(
                        level,
                        NetworkConfiguration.Stride(level),
                        size / NetworkConfiguration.Stride(level),
                        _weights[level],
                        _activations[level]
                    )),
            ]
        );
    }

    /// <inheritdoc/>
    public void Dispose() => _predictor.Dispose();

    /// <summary>Takes <c>fusion.level{n}.weights</c> [1, 3, H, W] and <c>.fused</c> or <c>.unfused</c> [1, C, H, W].</summary>
    private void Keep(string name, torch.Tensor map)
    {
        string[] parts = name.Split('.');
        int level = parts[1][^1] - '0';
        if (parts[2] == "weights")
        {
            _weights[level] =
            [
                .. Enumerable
                    .Range(0, (int)map.shape[1])
                    .Select(source => Values(map.select(1, source))),
            ];
        }
        else
        {
            _activations[level] = Values(map.sum(1));
        }
    }

    private static float[] Values(torch.Tensor map) =>
        map.cpu().contiguous().data<float>().ToArray();
}

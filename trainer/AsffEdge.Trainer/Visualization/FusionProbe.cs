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
    private readonly float[][][] _weights;
    private readonly float[][] _activations;

    /// <summary>The levels that are fused are the finest ones: where there are coarser ones besides, the fusion counts from here.</summary>
    private readonly int _firstFused;

    /// <summary>Opens the file.</summary>
    /// <exception cref="InvalidDataException">The file cannot be used; the message names it and what is wrong.</exception>
    public FusionProbe(string path)
    {
        _predictor = new CheckpointPredictor(path) { Observer = Keep };
        int levels = Manifest.Heads.Count;
        _weights = new float[levels][][];
        _activations = new float[levels][];
        _firstFused = levels - NetworkConfiguration.Levels;
    }

    /// <summary>What the model says about itself.</summary>
    public ModelManifest Manifest => _predictor.Manifest;

    /// <summary>Looks at a picture.</summary>
    /// <param name="bgr">8UC3, BGR, any size.</param>
    /// <param name="size">Input size in pixels.</param>
    /// <param name="scoreThreshold">Least objectness × class score, 0..1.</param>
    public FusionView Look(Mat bgr, int size, float scoreThreshold)
    {
        Array.Fill(_weights, []);
        Array.Fill(_activations, []);
        var found = new DetectedObject[Predictor.MaxDetections];
        int count = _predictor.Detect(bgr, size, scoreThreshold, Manifest.Thresholds.Nms, found);
        return new FusionView(
            found[..count],
            [
                .. HeadShape
                    .All(Manifest, size)
                    .Select(head => new LevelMaps(
                        head.Level,
                        head.Stride,
                        head.Rows,
                        _firstFused,
                        _weights[head.Level],
                        _activations[head.Level]
                    )),
            ]
        );
    }

    /// <inheritdoc/>
    public void Dispose() => _predictor.Dispose();

    /// <summary>
    /// Takes <c>fusion.level{n}.weights</c> [1, 3, H, W] and <c>.fused</c> or <c>.unfused</c> [1, C, H, W]; of a level without those,
    /// <c>head.level{n}.input</c> [1, C, H, W].
    /// </summary>
    private void Keep(string name, torch.Tensor map)
    {
        string[] parts = name.Split('.');
        bool isFusion = parts[0] == "fusion";
        int level = parts[1][^1] - '0' + (isFusion ? _firstFused : 0);
        if (parts[2] == "weights")
        {
            _weights[level] =
            [
                .. Enumerable
                    .Range(0, (int)map.shape[1])
                    .Select(source => Values(map.select(1, source))),
            ];
        }
        else if (isFusion || _activations[level].Length == 0)
        {
            _activations[level] = Values(map.sum(1));
        }
    }

    private static float[] Values(torch.Tensor map) =>
        map.cpu().contiguous().data<float>().ToArray();
}

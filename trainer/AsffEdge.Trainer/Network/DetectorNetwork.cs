namespace AsffEdge.Trainer.Network;

/// <summary>What training, export and summary need of any detector: the one place that tells them apart.</summary>
public static class DetectorNetwork
{
    /// <summary>The raw maps of every level, coarsest first: what the detector's loss needs.</summary>
    /// <param name="ops">The interpreter.</param>
    /// <param name="image">[N, 3, S, S], normalised RGB.</param>
    /// <param name="network">The network's shape.</param>
    public static (T First, T? Second)[] Forward<T>(
        INetworkOps<T> ops,
        T image,
        NetworkConfiguration network
    ) =>
        network.Detector == DetectorKind.Yolov3
            ? AsffYolo.Forward(ops, image, network)
            : RetinaNet.Forward(ops, image, network);

    /// <summary>The maps that end the exported graph, one a level, laid out as <see cref="Detection.HeadShape"/> says.</summary>
    public static T[] ForwardMaps<T>(INetworkOps<T> ops, T image, NetworkConfiguration network) =>
        network.Detector == DetectorKind.Yolov3
            ? AsffYolo.ForwardMaps(ops, image, network)
            : RetinaNet.ForwardMaps(ops, image, network);

    /// <summary>Stride and base shapes (width, height in input pixels; one a prediction) of every level, coarsest first.</summary>
    public static IEnumerable<(int Stride, IReadOnlyList<float[]> Bases)> Levels(
        NetworkConfiguration network
    ) =>
        network.Detector == DetectorKind.Yolov3
            ? Enumerable
                .Range(0, NetworkConfiguration.Levels)
                .Select(level => (NetworkConfiguration.Stride(level), network.Bases(level)))
            : Enumerable
                .Range(0, RetinaAnchors.Levels)
                .Select(level => (RetinaAnchors.Stride(level), RetinaAnchors.Shapes(level)));

    /// <summary>Values that a convolution's bias starts with: 0, and for scores the prior 0.01, so that the many background cells do not drown the first steps.</summary>
    public static float[] InitialBias(NetworkConfiguration network, StateEntry entry)
    {
        float prior = -MathF.Log((1 - 0.01f) / 0.01f);
        float[] bias = new float[entry.Count];
        if (network.Detector == DetectorKind.RetinaNet)
        {
            Array.Fill(bias, entry.Name == "head.class.prediction.bias" ? prior : 0);
        }
        else if (entry.Name.EndsWith("prediction.bias", StringComparison.Ordinal))
        {
            int perPrediction = 5 + network.Classes;
            for (int objectness = 4; objectness < bias.Length; objectness += perPrediction)
            {
                bias[objectness] = prior;
            }
        }

        return bias;
    }
}

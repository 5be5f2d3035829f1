namespace AsffEdge.Trainer.Network;

/// <summary>RetinaNet's heads: one for classes and one for boxes, each four 3×3 convolutions and a prediction, shared by all levels.</summary>
internal static class RetinaHead
{
    /// <summary>Convolutions before the prediction.</summary>
    public const int Convolutions = 4;

    /// <summary>Class logits [N, 9·C, H, W] and box deltas [N, 9·4, H, W] of one level, anchor-major.</summary>
    public static (T Logits, T? Deltas) Forward<T>(
        INetworkOps<T> ops,
        T x,
        NetworkConfiguration network
    ) =>
        (
            Branch(ops, x, "head.class", RetinaAnchors.PerCell * network.Classes),
            Branch(ops, x, "head.box", RetinaAnchors.PerCell * 4)
        );

    private static T Branch<T>(INetworkOps<T> ops, T x, string name, int outputs)
    {
        int channels = ops.Channels(x);
        for (int i = 0; i < Convolutions; i++)
        {
            x = ops.Activate(ops.Conv(x, $"{name}.{i}", channels, kernel: 3), Activation.Relu);
        }

        return ops.Conv(x, $"{name}.prediction", outputs, kernel: 3);
    }
}

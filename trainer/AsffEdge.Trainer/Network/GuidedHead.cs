namespace AsffEdge.Trainer.Network;

/// <summary>The head of a level: anchor guidance and feature adaption by a deformable convolution that follows it, where switched on, and prediction.</summary>
internal static class GuidedHead
{
    private const int OffsetGroups = 4;
    private const int Kernel = 3;

    /// <summary>
    /// Raw prediction map [N, P·(5+C), H, W] and, with guided anchoring, raw guidance [N, 2P, H, W] (log factors of width and height for
    /// each prediction).
    /// </summary>
    public static (T Prediction, T? Guidance) Forward<T>(
        INetworkOps<T> ops,
        T x,
        int level,
        NetworkConfiguration network
    )
    {
        string name = $"head.level{level}";
        string prediction = $"{name}.prediction";
        if (!network.GuidedAnchoring)
        {
            return (ops.Conv(x, prediction, network.PredictionChannels), default);
        }

        T guidance = ops.Conv(x, $"{name}.guidance", 2 * network.Predictions);
        T adapted = network.FeatureAdaption ? Adapt(ops, x, guidance, name, network) : x;
        return (ops.Conv(adapted, prediction, network.PredictionChannels), guidance);
    }

    /// <summary>Samples the features where the guided shapes are.</summary>
    private static T Adapt<T>(
        INetworkOps<T> ops,
        T x,
        T guidance,
        string name,
        NetworkConfiguration network
    )
    {
        T features = network.Rfb ? ReceptiveFieldBlock(ops, x, $"{name}.rfb") : x;
        T offsets = ops.Conv(
            ops.Detach(guidance),
            $"{name}.offsets",
            OffsetGroups * Kernel * Kernel * 2,
            // A group follows one prediction's guidance; without the anchor-free prediction there are three of these for four
            // groups (three would not divide the channels), and every group follows all of them.
            groups: network.Predictions == OffsetGroups ? OffsetGroups : 1
        );
        return ops.DeformConv(
            features,
            offsets,
            $"{name}.adaption",
            ops.Channels(x),
            Kernel,
            OffsetGroups
        );
    }

    /// <summary>RFB: four branches of growing receptive field, a quarter of the channels each, plain convolutions.</summary>
    private static T ReceptiveFieldBlock<T>(INetworkOps<T> ops, T x, string name)
    {
        int channels = ops.Channels(x) / 4;
        T Branch(int branch, params ReadOnlySpan<(int Kernel, int Dilation)> convolutions)
        {
            T y = x;
            for (int i = 0; i < convolutions.Length; i++)
            {
                y = ops.Conv(
                    y,
                    $"{name}.branch{branch}.{i}",
                    channels,
                    convolutions[i].Kernel,
                    convolutions[i].Dilation
                );
            }

            return y;
        }

        return ops.Concat(
            Branch(0, (1, 1)),
            Branch(1, (1, 1), (3, 1)),
            Branch(2, (1, 1), (3, 1), (3, 2)),
            Branch(3, (1, 1), (5, 1), (3, 3))
        );
    }
}

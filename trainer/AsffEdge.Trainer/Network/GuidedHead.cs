namespace AsffEdge.Trainer.Network;

/// <summary>The head of a level: anchor guidance, feature adaption by a deformable convolution that follows it, prediction.</summary>
internal static class GuidedHead
{
    private const int OffsetGroups = 4;
    private const int Kernel = 3;

    /// <summary>Raw prediction map [N, 4·(5+C), H, W] and raw guidance [N, 8, H, W] (log factors of width and height for each prediction).</summary>
    public static (T Prediction, T Guidance) Forward<T>(
        INetworkOps<T> ops,
        T x,
        int level,
        NetworkConfiguration network
    )
    {
        string name = $"head.level{level}";
        T guidance = ops.Conv(x, $"{name}.guidance", 2 * NetworkConfiguration.Predictions);
        T adapted = x;
        if (network.FeatureAdaption)
        {
            adapted = network.Rfb ? ReceptiveFieldBlock(ops, x, $"{name}.rfb") : x;
            T offsets = ops.Conv(
                ops.Detach(guidance),
                $"{name}.offsets",
                OffsetGroups * Kernel * Kernel * 2,
                groups: OffsetGroups
            );
            adapted = ops.DeformConv(
                adapted,
                offsets,
                $"{name}.adaption",
                ops.Channels(x),
                Kernel,
                OffsetGroups
            );
        }

        return (ops.Conv(adapted, $"{name}.prediction", network.PredictionChannels), guidance);
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

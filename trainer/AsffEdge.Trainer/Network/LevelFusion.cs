namespace AsffEdge.Trainer.Network;

/// <summary>
/// What stands between the pyramid and the heads: adaptively spatial feature fusion (Section 3.2, Eq. 1 and 2), the plain fusions
/// it is compared with (Table 3), or nothing but the convolution that widens a level for its head.
/// </summary>
internal static class LevelFusion
{
    private static readonly int[] OutputChannels = [1024, 512, 256];

    /// <summary>The map of one level for its head: 1024, 512 or 256 channels at width 1.</summary>
    public static T Forward<T>(
        INetworkOps<T> ops,
        IReadOnlyList<T> pyramid,
        int level,
        NetworkConfiguration network
    )
    {
        string name = $"fusion.level{level}";
        int channels = network.NeckChannels(OutputChannels[level]);
        if (network.Fusion == FusionKind.None)
        {
            ops.Observe($"{name}.unfused", pyramid[level]);
            // Darknet's finest level already has the head's width and gets no further convolution.
            return network.Backbone == BackboneKind.Darknet53 && level == 2
                ? pyramid[level]
                : ops.ConvBlock(
                    pyramid[level],
                    $"{name}.expand",
                    channels,
                    network.Activation,
                    kernel: 3
                );
        }

        return Fuse(ops, pyramid, level, channels, network);
    }

    /// <summary>Three levels, coarsest first, fused at one of them, for a head of <paramref name="channels"/> channels.</summary>
    public static T Fuse<T>(
        INetworkOps<T> ops,
        IReadOnlyList<T> pyramid,
        int level,
        int channels,
        NetworkConfiguration network
    )
    {
        string name = $"fusion.level{level}";
        var resized = new T[NetworkConfiguration.Levels];
        for (int source = 0; source < resized.Length; source++)
        {
            resized[source] = Resize(ops, pyramid, source, level, name, network.Activation);
        }

        T fused = network.Fusion switch
        {
            FusionKind.Sum => ops.Add(ops.Add(resized[0], resized[1]), resized[2]),
            FusionKind.Concat => ops.Concat(resized),
            _ => Weigh(ops, resized, name, network),
        };
        ops.Observe($"{name}.fused", fused);
        return ops.ConvBlock(fused, $"{name}.expand", channels, network.Activation, kernel: 3);
    }

    /// <summary>Section 3.2, "Feature Resizing": brings level <paramref name="source"/> to the shape of <paramref name="level"/>.</summary>
    private static T Resize<T>(
        INetworkOps<T> ops,
        IReadOnlyList<T> pyramid,
        int source,
        int level,
        string name,
        Activation activation
    )
    {
        T x = pyramid[source];
        int channels = ops.Channels(pyramid[level]);
        if (source > level)
        {
            // A quarter of the size: pooling first, so that one stride-2 convolution does the rest.
            T nearer = source - level == 2 ? ops.MaxPool(x, 3, stride: 2) : x;
            return ops.ConvBlock(
                nearer,
                $"{name}.downsample{source}",
                channels,
                activation,
                kernel: 3,
                stride: 2
            );
        }

        if (source < level)
        {
            T compressed =
                ops.Channels(x) == channels
                    ? x
                    : ops.ConvBlock(x, $"{name}.compress{source}", channels, activation);
            return ops.Upsample(compressed, 1 << (level - source));
        }

        return x;
    }

    /// <summary>Eq. 1 and 2: a softmax over the levels at every position, shared by all channels.</summary>
    private static T Weigh<T>(
        INetworkOps<T> ops,
        T[] resized,
        string name,
        NetworkConfiguration network
    )
    {
        var logits = new T[resized.Length];
        for (int source = 0; source < resized.Length; source++)
        {
            logits[source] = ops.ConvBlock(
                resized[source],
                $"{name}.weight{source}",
                network.Rfb ? 8 : 16,
                network.Activation
            );
        }

        T weights = ops.Softmax(ops.Conv(ops.Concat(logits), $"{name}.weights", resized.Length));
        ops.Observe($"{name}.weights", weights);
        T sum = ops.Mul(resized[0], ops.Slice(weights, 0, 1));
        for (int source = 1; source < resized.Length; source++)
        {
            sum = ops.Add(sum, ops.Mul(resized[source], ops.Slice(weights, source, 1)));
        }

        return sum;
    }
}

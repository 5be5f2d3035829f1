namespace AsffEdge.Trainer.Network;

/// <summary>YOLOv3's feature pyramid, with SPP on the coarsest level.</summary>
internal static class PyramidNeck
{
    /// <summary>Turns backbone maps into one map a level, coarsest first: 512, 256 and 256 (Darknet-53) or 128 (MobileNetV2) channels at width 1.</summary>
    public static T[] Forward<T>(INetworkOps<T> ops, T c3, T c4, T c5, NetworkConfiguration network)
    {
        Activation activation = network.Activation;
        int wide = network.NeckChannels(1024);
        int half = network.NeckChannels(512);
        int quarter = network.NeckChannels(256);
        int eighth = network.NeckChannels(128);

        T x = Bottleneck.Forward(ops, c5, "neck.level0.body", half, wide, activation);
        x = ops.ConvBlock(x, "neck.level0.squeeze", half, activation);
        x = ops.Concat(x, ops.MaxPool(x, 5), ops.MaxPool(x, 9), ops.MaxPool(x, 13));
        x = ops.ConvBlock(x, "neck.level0.merge", half, activation);
        x = ops.DropBlock(
            ops.ConvBlock(x, "neck.level0.conv", wide, activation, kernel: 3),
            site: 0
        );
        T p0 = ops.ConvBlock(x, "neck.level0.out", half, activation);

        T p1 = Descend(ops, p0, c4, level: 1, quarter, half, activation);
        T p2 = Descend(ops, p1, c3, level: 2, eighth, quarter, activation);
        if (network.Backbone == BackboneKind.Darknet53)
        {
            p2 = ops.ConvBlock(p2, "neck.level2.widen", quarter, activation, kernel: 3);
        }

        return [p0, p1, p2];
    }

    private static T Descend<T>(
        INetworkOps<T> ops,
        T coarser,
        T lateral,
        int level,
        int inner,
        int outer,
        Activation activation
    )
    {
        string name = $"neck.level{level}";
        T up = ops.Upsample(ops.ConvBlock(coarser, $"{name}.lateral", inner, activation), 2);
        T x = ops.ConvBlock(ops.Concat(up, lateral), $"{name}.merge", inner, activation);
        x = ops.DropBlock(
            ops.ConvBlock(x, $"{name}.conv", outer, activation, kernel: 3),
            site: level
        );
        x = Bottleneck.Forward(ops, x, $"{name}.body", inner, outer, activation);
        return ops.ConvBlock(x, $"{name}.out", inner, activation);
    }
}

namespace AsffEdge.Trainer.Network;

/// <summary>Feature pyramid network (Lin et al.) with the two coarser levels that RetinaNet adds.</summary>
internal static class FeaturePyramid
{
    /// <summary>Levels P7, P6, P5, P4, P3, coarsest first (strides 128 to 8), 256 channels each at width 1.</summary>
    public static T[] Forward<T>(INetworkOps<T> ops, T c3, T c4, T c5, NetworkConfiguration network)
    {
        int channels = network.NeckChannels(256);
        T x5 = ops.Conv(c5, "neck.p5.lateral", channels);
        T x4 = ops.Add(ops.Conv(c4, "neck.p4.lateral", channels), ops.Upsample(x5, 2));
        T x3 = ops.Add(ops.Conv(c3, "neck.p3.lateral", channels), ops.Upsample(x4, 2));
        T p5 = ops.Conv(x5, "neck.p5.out", channels, kernel: 3);
        T p4 = ops.Conv(x4, "neck.p4.out", channels, kernel: 3);
        T p3 = ops.Conv(x3, "neck.p3.out", channels, kernel: 3);
        T p6 = ops.Conv(p5, "neck.p6.out", channels, kernel: 3, stride: 2);
        T p7 = ops.Conv(
            ops.Activate(p6, Activation.Relu),
            "neck.p7.out",
            channels,
            kernel: 3,
            stride: 2
        );
        return [p7, p6, p5, p4, p3];
    }
}

namespace AsffEdge.Trainer.Network;

/// <summary>Darknet-53, the backbone of YOLOv3.</summary>
internal static class Darknet53
{
    private static readonly (int Channels, int Blocks)[] Stages =
    [
        (64, 1),
        (128, 2),
        (256, 8),
        (512, 8),
        (1024, 4),
    ];

    /// <summary>Maps of strides 8, 16 and 32 with 256, 512 and 1024 channels at width 1.</summary>
    public static (T C3, T C4, T C5) Forward<T>(
        INetworkOps<T> ops,
        T image,
        NetworkConfiguration network
    )
    {
        T x = ops.ConvBlock(
            image,
            "backbone.stem",
            network.BackboneChannels(32),
            network.Activation,
            kernel: 3
        );
        var stages = new T[Stages.Length];
        for (int stage = 0; stage < Stages.Length; stage++)
        {
            int channels = network.BackboneChannels(Stages[stage].Channels);
            string name = $"backbone.stage{stage + 1}";
            x = ops.ConvBlock(
                x,
                $"{name}.downsample",
                channels,
                network.Activation,
                kernel: 3,
                stride: 2
            );
            for (int block = 0; block < Stages[stage].Blocks; block++)
            {
                x = ops.Add(
                    x,
                    Bottleneck.Forward(
                        ops,
                        x,
                        $"{name}.{block}",
                        channels / 2,
                        channels,
                        network.Activation
                    )
                );
            }

            stages[stage] = x;
        }

        return (stages[2], stages[3], stages[4]);
    }
}

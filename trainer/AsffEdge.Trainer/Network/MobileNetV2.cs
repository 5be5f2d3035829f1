namespace AsffEdge.Trainer.Network;

/// <summary>MobileNetV2 up to its 1280-channel convolution.</summary>
internal static class MobileNetV2
{
    /// <summary>The groups of inverted residuals: expansion, channels, repeats, stride of the first.</summary>
    internal static readonly (int Expansion, int Channels, int Repeats, int Stride)[] Groups =
    [
        (1, 16, 1, 1),
        (6, 24, 2, 2),
        (6, 32, 3, 2),
        (6, 64, 4, 2),
        (6, 96, 3, 1),
        (6, 160, 3, 2),
        (6, 320, 1, 1),
    ];

    /// <summary>Maps of strides 8, 16 and 32 with 32, 96 and 1280 channels at width 1.</summary>
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
            kernel: 3,
            stride: 2
        );
        var groups = new T[Groups.Length];
        int block = 1;
        for (int group = 0; group < Groups.Length; group++)
        {
            (int expansion, int channels, int repeats, int stride) = Groups[group];
            for (int repeat = 0; repeat < repeats; repeat++, block++)
            {
                x = InvertedResidual(
                    ops,
                    x,
                    block,
                    expansion,
                    network.BackboneChannels(channels),
                    repeat == 0 ? stride : 1,
                    network
                );
            }

            groups[group] = x;
        }

        T last = ops.ConvBlock(
            x,
            "backbone.last",
            network.BackboneChannels(1280),
            network.Activation
        );
        return (groups[2], groups[4], last);
    }

    private static T InvertedResidual<T>(
        INetworkOps<T> ops,
        T x,
        int block,
        int expansion,
        int channels,
        int stride,
        NetworkConfiguration network
    )
    {
        string name = $"backbone.block{block}";
        int inner = ops.Channels(x) * expansion;
        T expanded =
            expansion == 1 ? x : ops.ConvBlock(x, $"{name}.expand", inner, network.Activation);
        T filtered = ops.ConvBlock(
            expanded,
            $"{name}.depthwise",
            inner,
            network.Activation,
            kernel: 3,
            stride: stride,
            groups: inner
        );
        T projected = ops.ConvBlock(filtered, $"{name}.project", channels, Activation.Linear);
        return stride == 1 && ops.Channels(x) == channels ? ops.Add(x, projected) : projected;
    }
}

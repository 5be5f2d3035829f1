namespace AsffEdge.Trainer.Network;

/// <summary>ResNet-50 and -101 (He et al.), the stride of a stage in the 3×3 convolution of its first block, as torchvision has it.</summary>
internal static class ResNet
{
    private static readonly int[] InnerChannels = [64, 128, 256, 512];

    /// <summary>Blocks of the four stages.</summary>
    public static IReadOnlyList<int> Blocks(BackboneKind backbone) =>
        backbone == BackboneKind.ResNet50 ? [3, 4, 6, 3] : [3, 4, 23, 3];

    /// <summary>Maps of strides 8, 16 and 32 with 512, 1024 and 2048 channels at width 1.</summary>
    public static (T C3, T C4, T C5) Forward<T>(
        INetworkOps<T> ops,
        T image,
        NetworkConfiguration network
    )
    {
        IReadOnlyList<int> blocks = Blocks(network.Backbone);
        T x = ops.ConvBlock(
            image,
            "backbone.stem",
            network.BackboneChannels(64),
            Activation.Relu,
            kernel: 7,
            stride: 2
        );
        x = ops.MaxPool(x, 3, stride: 2);
        var stages = new T[blocks.Count];
        for (int stage = 0; stage < blocks.Count; stage++)
        {
            for (int block = 0; block < blocks[stage]; block++)
            {
                x = Block(
                    ops,
                    x,
                    $"backbone.stage{stage + 1}.{block}",
                    network.BackboneChannels(InnerChannels[stage]),
                    isFirst: block == 0,
                    stride: block == 0 && stage > 0 ? 2 : 1
                );
            }

            stages[stage] = x;
        }

        return (stages[1], stages[2], stages[3]);
    }

    private static T Block<T>(
        INetworkOps<T> ops,
        T x,
        string name,
        int inner,
        bool isFirst,
        int stride
    )
    {
        T y = ops.ConvBlock(x, $"{name}.reduce", inner, Activation.Relu);
        y = ops.ConvBlock(y, $"{name}.conv", inner, Activation.Relu, kernel: 3, stride: stride);
        y = ops.ConvBlock(y, $"{name}.expand", 4 * inner, Activation.Linear);
        T shortcut = isFirst
            ? ops.ConvBlock(x, $"{name}.shortcut", 4 * inner, Activation.Linear, stride: stride)
            : x;
        return ops.Activate(ops.Add(y, shortcut), Activation.Relu);
    }
}

namespace AsffEdge.Trainer.Network;

/// <summary>A 1×1 convolution that narrows and a 3×3 one that widens again.</summary>
internal static class Bottleneck
{
    public static T Forward<T>(
        INetworkOps<T> ops,
        T x,
        string name,
        int inner,
        int outer,
        Activation activation
    )
    {
        T narrow = ops.ConvBlock(x, $"{name}.reduce", inner, activation);
        return ops.ConvBlock(narrow, $"{name}.conv", outer, activation, kernel: 3);
    }
}

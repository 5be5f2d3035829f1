namespace AsffEdge.Trainer.Network;

/// <summary>The non-linearity that ends a convolution block.</summary>
public enum Activation
{
    /// <summary>None.</summary>
    Linear,

    /// <summary>max(x, 0), everywhere in the ResNet models.</summary>
    Relu,

    /// <summary>max(x, 0.1·x), everywhere in the Darknet-53 models.</summary>
    LeakyRelu,

    /// <summary>min(max(x, 0), 6), everywhere in the MobileNetV2 models.</summary>
    Relu6,
}

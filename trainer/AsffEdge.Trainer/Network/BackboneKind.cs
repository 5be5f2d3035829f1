namespace AsffEdge.Trainer.Network;

/// <summary>The feature extractor.</summary>
public enum BackboneKind
{
    /// <summary>Darknet-53, LeakyReLU.</summary>
    Darknet53,

    /// <summary>MobileNetV2, ReLU6; its heads have no feature adaption.</summary>
    MobileNetV2,

    /// <summary>ResNet-50, ReLU; RetinaNet's.</summary>
    ResNet50,

    /// <summary>ResNet-101, ReLU; RetinaNet's.</summary>
    ResNet101,
}

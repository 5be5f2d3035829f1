namespace AsffEdge.Trainer.Network;

/// <summary>The detectors that can be trained.</summary>
public enum DetectorKind
{
    /// <summary>ASFF-YOLOv3 and its baselines: <see cref="AsffYolo"/>.</summary>
    Yolov3,

    /// <summary>RetinaNet, with or without the fusion: <see cref="Network.RetinaNet"/>.</summary>
    RetinaNet,
}

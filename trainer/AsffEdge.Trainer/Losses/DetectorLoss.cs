using AsffEdge.Trainer.Network;

namespace AsffEdge.Trainer.Losses;

/// <summary>Chooses the loss that goes with a detector.</summary>
public static class DetectorLoss
{
    /// <summary>The loss of a network.</summary>
    /// <param name="network">The network.</param>
    /// <param name="options">What can be chosen about YOLOv3's; RetinaNet's has no choices.</param>
    public static IDetectorLoss Create(NetworkConfiguration network, LossOptions options) =>
        network.Detector == DetectorKind.Yolov3
            ? new DetectionLoss(network, options)
            : new RetinaLoss(network);
}

using AsffEdge.Trainer.Network;
using TorchSharp;
using static TorchSharp.torch;

namespace AsffEdge.Trainer.Losses;

/// <summary>
/// RetinaNet's loss: focal loss (α = 0.25, γ = 2) over every anchor's classes and L1 on the deltas of those that have an object. Both are
/// divided by the image's positives (at least 1), then averaged over the batch. The terms stand under <see cref="LossTerms.Class"/> and
/// <see cref="LossTerms.L1"/>. Mixup weights are not used.
/// </summary>
public sealed class RetinaLoss : IDetectorLoss
{
    private const int PerCell = RetinaAnchors.PerCell;
    private const double Alpha = 0.25;

    private readonly NetworkConfiguration _network;
    private readonly AnchorTargets _targets = new();

    /// <summary>The loss for a network.</summary>
    public RetinaLoss(NetworkConfiguration network) => _network = network;

    /// <inheritdoc/>
    public (Tensor Total, LossTerms Terms) Compute(
        (Tensor First, Tensor? Second)[] levels,
        TargetBatch targets,
        int size
    )
    {
        _targets.Assign(targets, size);
        Device device = levels[0].First.device;
        Tensor classes = arange(_network.Classes, ScalarType.Float32, device: device)
            .view(1, 1, -1, 1, 1);
        Tensor? focal = null;
        Tensor? boxes = null;
        for (int level = 0; level < levels.Length; level++)
        {
            (Tensor logits, Tensor? deltas) = levels[level];
            int side = RetinaAnchors.Side(level, size);
            Tensor View(Tensor map) => map.view(targets.Images, PerCell, -1, side, side);
            Tensor weights = View(tensor(_targets.Weights[level], device: device));
            Tensor labels = View(tensor(_targets.Labels[level], device: device));
            Tensor wanted = View(tensor(_targets.Deltas[level], device: device));

            Tensor charged = (
                Focal(View(logits), (labels == classes).to(logits.dtype)) * weights
            ).sum();
            Tensor positive = weights * (labels >= 0).to(weights.dtype);
            Tensor distance = ((View(deltas!) - wanted).abs() * positive).sum();
            focal = focal is null ? charged : focal + charged;
            boxes = boxes is null ? distance : boxes + distance;
        }

        Tensor all = stack([boxes!, focal!]) / targets.Images;
        float[] values = all.detach().cpu().data<float>().ToArray();
        return (all.sum(), new LossTerms(0, 0, values[0], 0, values[1]));
    }

    /// <summary>Cross-entropy, less the surer the network already is: α·(1 − p)²·ln p for the class, (1 − α)·p²·ln(1 − p) for the others.</summary>
    private static Tensor Focal(Tensor logits, Tensor targets)
    {
        Tensor probability = sigmoid(logits);
        Tensor missing = (targets - probability).abs();
        Tensor balance = (targets * (2 * Alpha - 1)) + (1 - Alpha);
        return nn.functional.binary_cross_entropy_with_logits(
                logits,
                targets,
                reduction: nn.Reduction.None
            )
            * missing
            * missing
            * balance;
    }
}

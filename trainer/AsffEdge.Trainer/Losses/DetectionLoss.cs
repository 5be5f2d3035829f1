using AsffEdge.Trainer.Network;
using TorchSharp;
using static TorchSharp.torch;

namespace AsffEdge.Trainer.Losses;

/// <summary>
/// ASFF-YOLOv3's loss: objectness and class by binary cross-entropy, boxes by 1 − IoU² (<see cref="LossOptions.IouLoss"/>) beside the
/// cross-entropy and L1 of YOLOv3, guided shapes, where the network has them, by 1 − IoU². Every term is summed over cells and divided by
/// the batch size.
/// </summary>
public sealed class DetectionLoss : IDetectorLoss
{
    private readonly NetworkConfiguration _network;
    private readonly LossOptions _options;
    private readonly TargetAssigner _assigner;

    /// <summary>The loss for a network.</summary>
    /// <exception cref="ArgumentException">The options contradict each other or the network; the message names them.</exception>
    public DetectionLoss(NetworkConfiguration network, LossOptions options)
    {
        if (options.Problems(network.Classes).FirstOrDefault() is { } problem)
        {
            throw new ArgumentException(problem);
        }

        _network = network;
        _options = options;
        _assigner = new TargetAssigner(network, options);
    }

    /// <inheritdoc/>
    public (Tensor Total, LossTerms Terms) Compute(
        (Tensor First, Tensor? Second)[] levels,
        TargetBatch targets,
        int size
    )
    {
        Tensor[]? sums = null;
        for (int level = 0; level < levels.Length; level++)
        {
            Tensor[] terms = ComputeLevel(
                levels[level].First,
                levels[level].Second,
                level,
                targets,
                size
            );
            sums = sums is null ? terms : [.. sums.Zip(terms, (sum, term) => sum + term)];
        }

        Tensor all = stack(sums!) / targets.Images;
        float[] values = all.detach().cpu().data<float>().ToArray();
        return (all.sum(), new LossTerms(values[0], values[1], values[2], values[3], values[4]));
    }

    private Tensor[] ComputeLevel(
        Tensor prediction,
        Tensor? guidance,
        int level,
        TargetBatch targets,
        int size
    )
    {
        Device device = prediction.device;
        int predictions = _network.Predictions;
        int stride = NetworkConfiguration.Stride(level);
        int side = size / stride;
        Tensor bases = tensor(
            _network.Bases(level).SelectMany(shape => shape).ToArray(),
            [1, predictions, 2, 1, 1],
            device: device
        );
        Tensor maps = prediction.view(
            targets.Images,
            predictions,
            5 + _network.Classes,
            side,
            side
        );
        Tensor? guides = guidance?.view(targets.Images, predictions, 2, side, side);

        LevelTargets assigned;
        using (no_grad())
        {
            Tensor centres = Centres(maps.narrow(2, 0, 2), side) * stride;
            Tensor sizes = exp(Guided(maps.narrow(2, 2, 2), guides)) * bases;
            Tensor planes = cat([centres, sizes], 2).permute(2, 0, 1, 3, 4).contiguous();
            assigned = _assigner.Assign(
                level,
                size,
                targets,
                guidance is null ? [] : Read(guidance),
                Read(planes)
            );
        }

        Tensor objectness = nn.functional.binary_cross_entropy_with_logits(
            maps.select(2, 4).reshape(-1),
            tensor(assigned.ObjectnessTargets, device: device),
            tensor(assigned.ObjectnessWeights, device: device),
            reduction: nn.Reduction.Sum
        );
        if (assigned.Sites.Length == 0)
        {
            Tensor none = zeros([], device: device);
            return [none, none, none, objectness, none];
        }

        Tensor sites = tensor(assigned.Sites, device: device);
        Tensor rows = Rows(maps, sites);
        Tensor? guide = guides is null ? null : Rows(guides, sites);
        Tensor shapes = Rows(bases.expand(targets.Images, -1, -1, side, side), sites);
        Tensor boxes = tensor(assigned.Boxes, [assigned.Sites.Length, 4], device: device);
        Tensor scales = tensor(assigned.Scales, [assigned.Sites.Length, 1], device: device);
        Tensor offsets = tensor(assigned.Offsets, [assigned.Sites.Length, 2], device: device);

        Tensor extents = Guided(rows.narrow(1, 2, 2), guide);
        Tensor iouLoss = zeros([], device: device);
        if (_options.IouLoss)
        {
            Tensor cells = sites.remainder((long)side * side);
            Tensor corner = stack([cells.remainder(side), cells.floor_divide(side)], 1)
                .to(ScalarType.Float32);
            Tensor centre = (sigmoid(rows.narrow(1, 0, 2)) + corner) * stride;
            Tensor iou = BoxIou(
                centre,
                exp(extents) * shapes,
                boxes.narrow(1, 0, 2),
                boxes.narrow(1, 2, 2)
            );
            iouLoss = ((1 - (iou * iou)) * scales.view(-1)).sum();
        }

        Tensor xy = nn.functional.binary_cross_entropy_with_logits(
            rows.narrow(1, 0, 2),
            offsets,
            scales.expand(-1, 2),
            reduction: nn.Reduction.Sum
        );
        Tensor logSizes = log(boxes.narrow(1, 2, 2) / shapes);
        Tensor wh = ((extents - logSizes).abs() * scales).sum();

        Tensor classes = nn.functional.binary_cross_entropy_with_logits(
            rows.narrow(1, 5, _network.Classes),
            tensor(assigned.Classes, [assigned.Sites.Length, _network.Classes], device: device),
            reduction: nn.Reduction.Sum
        );

        Tensor anchor = zeros([], device: device);
        if (guides is not null)
        {
            Tensor guidedSites = tensor(assigned.GuidanceSites, device: device);
            Tensor guidedShapes =
                exp(Rows(guides, guidedSites))
                * Rows(bases.expand(targets.Images, -1, -1, side, side), guidedSites);
            Tensor shapeIou = ShapeIou(
                guidedShapes,
                tensor(assigned.GuidanceShapes, [assigned.GuidanceSites.Length, 2], device: device)
            );
            anchor = (1 - (shapeIou * shapeIou)).sum();
        }

        return [anchor, iouLoss, xy + wh, objectness, classes];
    }

    /// <summary>Log sizes relative to the base shapes.</summary>
    private static Tensor Guided(Tensor logSizes, Tensor? guidance) =>
        guidance is null ? logSizes : logSizes + guidance;

    /// <summary>Values at prediction sites: [N, P, K, H, W] → [sites, K].</summary>
    private static Tensor Rows(Tensor maps, Tensor sites) =>
        maps.permute(0, 1, 3, 4, 2).reshape(-1, maps.shape[2]).index_select(0, sites);

    private static Tensor Centres(Tensor logits, int side)
    {
        Tensor axis = arange(side, ScalarType.Float32, device: logits.device);
        Tensor columns = axis.view(1, 1, 1, 1, side).expand(1, 1, 1, side, side);
        Tensor rows = axis.view(1, 1, 1, side, 1).expand(1, 1, 1, side, side);
        return sigmoid(logits) + cat([columns, rows], 2);
    }

    private static Tensor BoxIou(Tensor centre, Tensor size, Tensor otherCentre, Tensor otherSize)
    {
        Tensor overlap = (
            minimum(centre + (size / 2), otherCentre + (otherSize / 2))
            - maximum(centre - (size / 2), otherCentre - (otherSize / 2))
        ).clamp_min(0);
        Tensor intersection = overlap.prod(1);
        return intersection / (size.prod(1) + otherSize.prod(1) - intersection);
    }

    private static Tensor ShapeIou(Tensor size, Tensor otherSize)
    {
        Tensor intersection = minimum(size, otherSize).prod(1);
        return intersection / (size.prod(1) + otherSize.prod(1) - intersection);
    }

    private static float[] Read(Tensor values) =>
        values.detach().cpu().contiguous().data<float>().ToArray();
}

using AsffEdge.Trainer.Network;

namespace AsffEdge.Trainer.Losses;

/// <summary>Decides which prediction sites of a level answer for which objects. Plain spans: no tensor is made here.</summary>
public sealed class TargetAssigner
{
    // The anchor-free prediction comes after those from anchors.
    private const int FreePrediction = NetworkConfiguration.AnchorsPerLevel;
    private readonly NetworkConfiguration _network;
    private readonly LossOptions _options;

    /// <summary>An assigner for a network.</summary>
    public TargetAssigner(NetworkConfiguration network, LossOptions options)
    {
        _network = network;
        _options = options;
    }

    /// <summary>Assigns one level.</summary>
    /// <param name="level">0 = coarsest.</param>
    /// <param name="size">Input size in pixels.</param>
    /// <param name="targets">The batch's objects.</param>
    /// <param name="guidance">[N, 2P, H, W] raw guidance of this level; empty without guided anchoring.</param>
    /// <param name="boxes">[4, N·P·H·W] decoded boxes of this level as planes xc, yc, w, h in input pixels.</param>
    public LevelTargets Assign(
        int level,
        int size,
        TargetBatch targets,
        ReadOnlySpan<float> guidance,
        ReadOnlySpan<float> boxes
    )
    {
        int stride = NetworkConfiguration.Stride(level);
        int side = size / stride;
        int cells = side * side;
        int perImage = _network.Predictions * cells;
        int sites = targets.Images * perImage;
        float[] weights = new float[sites];
        float[] objectness = new float[sites];
        Array.Fill(weights, 1f);
        var positives = new SortedDictionary<long, Positive>();
        List<(long Site, float Width, float Height)> guided = [];

        for (int image = 0; image < targets.Images; image++)
        {
            int first = image * perImage;
            ObjectTarget[] objects = [.. targets.Objects(image)];
            foreach (ObjectTarget target in objects)
            {
                IgnoreRegions.Overlapping(
                    target,
                    boxes,
                    first,
                    perImage,
                    _options.IgnoreThreshold,
                    weights
                );
            }

            foreach (ObjectTarget target in objects)
            {
                (int anchor, float anchorIou) = BestAnchor(target);
                int owner =
                    NetworkConfiguration.Levels
                    - 1
                    - (anchor / NetworkConfiguration.AnchorsPerLevel);
                int cell =
                    (Math.Clamp((int)(target.Y / stride), 0, side - 1) * side)
                    + Math.Clamp((int)(target.X / stride), 0, side - 1);
                if (owner != level)
                {
                    if (Math.Abs(owner - level) == 1)
                    {
                        IgnoreAdjacent(target, cell, stride, side, weights.AsSpan(first, perImage));
                    }

                    continue;
                }

                int preset = anchor % NetworkConfiguration.AnchorsPerLevel;
                bool free =
                    _network.AnchorFree
                    && FreeIou(target, guidance, image, cell, stride, cells) > anchorIou;
                long site = first + ((free ? FreePrediction : preset) * cells) + cell;
                positives[site] = positives.TryGetValue(site, out Positive? earlier)
                    ? new Positive(target, [.. earlier.Classes, target.Class])
                    : new Positive(target, [target.Class]);
                if (_network.GuidedAnchoring)
                {
                    guided.Add((first + (preset * cells) + cell, target.Width, target.Height));
                    if (_network.AnchorFree)
                    {
                        guided.Add(
                            (first + (FreePrediction * cells) + cell, target.Width, target.Height)
                        );
                    }
                }
            }
        }

        foreach ((long site, Positive positive) in positives)
        {
            weights[site] = positive.Target.Weight;
            objectness[site] = 1;
        }

        return Collect(positives, guided, weights, objectness, size, stride);
    }

    private (int Anchor, float Iou) BestAnchor(ObjectTarget target)
    {
        (int best, float bestIou) = (0, -1);
        for (int anchor = 0; anchor < _network.Anchors.Count; anchor++)
        {
            float iou = target.ShapeIou(_network.Anchors[anchor][0], _network.Anchors[anchor][1]);
            if (iou > bestIou)
            {
                (best, bestIou) = (anchor, iou);
            }
        }

        return (best, bestIou);
    }

    /// <summary>IoU of the object with the anchor-free prediction's shape at a cell, guided where there is guidance.</summary>
    private float FreeIou(
        ObjectTarget target,
        ReadOnlySpan<float> guidance,
        int image,
        int cell,
        int stride,
        int cells
    )
    {
        (float width, float height) = (4f * stride, 4f * stride);
        if (_network.GuidedAnchoring)
        {
            int plane = 2 * ((image * _network.Predictions) + FreePrediction);
            width *= MathF.Exp(guidance[(plane * cells) + cell]);
            height *= MathF.Exp(guidance[((plane + 1) * cells) + cell]);
        }

        return target.ShapeIou(width, height);
    }

    /// <summary>Section 4.1, "Adjacent Ignore Regions", on a level beside the object's own.</summary>
    private void IgnoreAdjacent(
        ObjectTarget target,
        int cell,
        int stride,
        int side,
        Span<float> weights
    )
    {
        if (_options.IgnoreCentre)
        {
            IgnoreRegions.Cell(cell, side, weights);
        }
        else if (_options.IgnoreEpsilon > 0)
        {
            IgnoreRegions.Inside(target, _options.IgnoreEpsilon, stride, side, weights);
        }
    }

    private LevelTargets Collect(
        SortedDictionary<long, Positive> positives,
        List<(long Site, float Width, float Height)> guided,
        float[] weights,
        float[] objectness,
        int size,
        int stride
    )
    {
        int classes = _network.Classes;
        float on = _options.LabelSmoothing ? 1 - (1f / classes) : 1;
        float off = _options.LabelSmoothing ? 1f / classes : 0;
        float[] classTargets = new float[positives.Count * classes];
        Array.Fill(classTargets, off);
        int row = 0;
        foreach (Positive positive in positives.Values)
        {
            foreach (int c in positive.Classes)
            {
                classTargets[(row * classes) + c] = on;
            }

            row++;
        }

        ObjectTarget[] targets = [.. positives.Values.Select(positive => positive.Target)];
        return new LevelTargets
        {
            ObjectnessWeights = weights,
            ObjectnessTargets = objectness,
            Sites = [.. positives.Keys],
            Boxes =
            [
                .. targets.SelectMany(target =>
                    (float[])[target.X, target.Y, target.Width, target.Height]
                ),
            ],
            Offsets =
            [
                .. targets.SelectMany(target =>
                    (float[])[Fraction(target.X / stride), Fraction(target.Y / stride)]
                ),
            ],
            Scales =
            [
                .. targets.Select(target =>
                    2 - (target.Width * target.Height / ((float)size * size))
                ),
            ],
            Classes = classTargets,
            GuidanceSites = [.. guided.Select(entry => entry.Site)],
            GuidanceShapes = [.. guided.SelectMany(entry => (float[])[entry.Width, entry.Height])],
        };
    }

    private static float Fraction(float value) => value - MathF.Floor(value);

    /// <summary>The last object assigned to a site, and the classes of all of them.</summary>
    private sealed record Positive(ObjectTarget Target, int[] Classes);
}

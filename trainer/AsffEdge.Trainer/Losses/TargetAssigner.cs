using System.Numerics;
using AsffEdge.Trainer.Network;

namespace AsffEdge.Trainer.Losses;

/// <summary>Decides which prediction sites of a level answer for which objects. Plain spans: no tensor is made here.</summary>
public sealed class TargetAssigner
{
    private const int Predictions = NetworkConfiguration.Predictions;
    private const int FreePrediction = Predictions - 1;
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
    /// <param name="guidance">[N, 8, H, W] raw guidance of this level.</param>
    /// <param name="boxes">[4, N·4·H·W] decoded boxes of this level as planes xc, yc, w, h in input pixels.</param>
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
        int sites = targets.Images * Predictions * cells;
        float[] weights = new float[sites];
        float[] objectness = new float[sites];
        Array.Fill(weights, 1f);
        var positives = new SortedDictionary<long, Positive>();
        List<(long Site, float Width, float Height)> guided = [];

        for (int image = 0; image < targets.Images; image++)
        {
            int first = image * Predictions * cells;
            ObjectTarget[] objects = [.. targets.Objects(image)];
            foreach (ObjectTarget target in objects)
            {
                IgnoreOverlapping(target, boxes, first, Predictions * cells, weights);
            }

            foreach (ObjectTarget target in objects)
            {
                (int anchor, float anchorIou) = BestAnchor(target);
                int owner = NetworkConfiguration.Levels - 1 - (anchor / 3);
                if (owner != level)
                {
                    if (_options.IgnoreEpsilon > 0 && Math.Abs(owner - level) == 1)
                    {
                        IgnoreInside(
                            target,
                            stride,
                            side,
                            weights.AsSpan(first, Predictions * cells)
                        );
                    }

                    continue;
                }

                int cell =
                    (Math.Clamp((int)(target.Y / stride), 0, side - 1) * side)
                    + Math.Clamp((int)(target.X / stride), 0, side - 1);
                int free = ((image * 2 * Predictions) + (2 * FreePrediction)) * cells;
                float freeBase = 4f * stride;
                float freeIou = target.ShapeIou(
                    freeBase * MathF.Exp(guidance[free + cell]),
                    freeBase * MathF.Exp(guidance[free + cells + cell])
                );
                int prediction = freeIou > anchorIou ? FreePrediction : anchor % 3;
                long site = first + (prediction * cells) + cell;
                positives[site] = positives.TryGetValue(site, out Positive? earlier)
                    ? new Positive(target, [.. earlier.Classes, target.Class])
                    : new Positive(target, [target.Class]);
                guided.Add((first + (anchor % 3 * cells) + cell, target.Width, target.Height));
                guided.Add((first + (FreePrediction * cells) + cell, target.Width, target.Height));
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

    /// <summary>Clears the weight of the sites whose decoded box overlaps the object; vectors, since every site meets every object.</summary>
    private void IgnoreOverlapping(
        ObjectTarget target,
        ReadOnlySpan<float> boxes,
        int first,
        int count,
        Span<float> weights
    )
    {
        int plane = boxes.Length / 4;
        ReadOnlySpan<float> x = boxes.Slice(first, count);
        ReadOnlySpan<float> y = boxes.Slice(plane + first, count);
        ReadOnlySpan<float> w = boxes.Slice((2 * plane) + first, count);
        ReadOnlySpan<float> h = boxes.Slice((3 * plane) + first, count);
        Span<float> result = weights.Slice(first, count);
        var left = new Vector<float>(target.X - (target.Width / 2));
        var right = new Vector<float>(target.X + (target.Width / 2));
        var top = new Vector<float>(target.Y - (target.Height / 2));
        var bottom = new Vector<float>(target.Y + (target.Height / 2));
        var area = new Vector<float>(target.Width * target.Height);
        var threshold = new Vector<float>(_options.IgnoreThreshold);
        int i = 0;
        for (; i <= count - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector<float> bw = new(w[i..]);
            Vector<float> bh = new(h[i..]);
            Vector<float> bx = new(x[i..]);
            Vector<float> by = new(y[i..]);
            Vector<float> overlapWidth =
                Vector.Min(right, bx + (bw * 0.5f)) - Vector.Max(left, bx - (bw * 0.5f));
            Vector<float> overlapHeight =
                Vector.Min(bottom, by + (bh * 0.5f)) - Vector.Max(top, by - (bh * 0.5f));
            Vector<float> intersection =
                Vector.Max(overlapWidth, Vector<float>.Zero)
                * Vector.Max(overlapHeight, Vector<float>.Zero);
            Vector<float> union = area + (bw * bh) - intersection;
            Vector<int> ignored = Vector.GreaterThan(intersection, threshold * union);
            Vector
                .ConditionalSelect(ignored, Vector<float>.Zero, new Vector<float>(result[i..]))
                .CopyTo(result[i..]);
        }

        for (; i < count; i++)
        {
            float overlapWidth =
                MathF.Min(target.X + (target.Width / 2), x[i] + (w[i] / 2))
                - MathF.Max(target.X - (target.Width / 2), x[i] - (w[i] / 2));
            float overlapHeight =
                MathF.Min(target.Y + (target.Height / 2), y[i] + (h[i] / 2))
                - MathF.Max(target.Y - (target.Height / 2), y[i] - (h[i] / 2));
            float intersection = MathF.Max(overlapWidth, 0) * MathF.Max(overlapHeight, 0);
            if (
                intersection
                > _options.IgnoreThreshold
                    * ((target.Width * target.Height) + (w[i] * h[i]) - intersection)
            )
            {
                result[i] = 0;
            }
        }
    }

    /// <summary>Clears the weight of the cells whose centre lies inside the object's box times ε.</summary>
    private void IgnoreInside(ObjectTarget target, int stride, int side, Span<float> weights)
    {
        float halfWidth = target.Width * _options.IgnoreEpsilon / 2;
        float halfHeight = target.Height * _options.IgnoreEpsilon / 2;
        for (int row = 0; row < side; row++)
        {
            for (int column = 0; column < side; column++)
            {
                if (
                    MathF.Abs(((column + 0.5f) * stride) - target.X) <= halfWidth
                    && MathF.Abs(((row + 0.5f) * stride) - target.Y) <= halfHeight
                )
                {
                    for (int prediction = 0; prediction < Predictions; prediction++)
                    {
                        weights[(((prediction * side) + row) * side) + column] = 0;
                    }
                }
            }
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

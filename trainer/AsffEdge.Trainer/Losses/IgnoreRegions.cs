using System.Numerics;

namespace AsffEdge.Trainer.Losses;

/// <summary>Clears the objectness weights of sites that are not to be charged as background. Weights are those of one level.</summary>
internal static class IgnoreRegions
{
    /// <summary>Clears the weight of the sites whose decoded box overlaps the object; vectors, since every site meets every object.</summary>
    public static void Overlapping(
        ObjectTarget target,
        ReadOnlySpan<float> boxes,
        int first,
        int count,
        float limit,
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
        var threshold = new Vector<float>(limit);
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
                > limit * ((target.Width * target.Height) + (w[i] * h[i]) - intersection)
            )
            {
                result[i] = 0;
            }
        }
    }

    /// <summary>Clears the weight of the cells whose centre lies inside the object's box times ε.</summary>
    public static void Inside(
        ObjectTarget target,
        float epsilon,
        int stride,
        int side,
        Span<float> weights
    )
    {
        float halfWidth = target.Width * epsilon / 2;
        float halfHeight = target.Height * epsilon / 2;
        for (int row = 0; row < side; row++)
        {
            for (int column = 0; column < side; column++)
            {
                if (
                    MathF.Abs(((column + 0.5f) * stride) - target.X) <= halfWidth
                    && MathF.Abs(((row + 0.5f) * stride) - target.Y) <= halfHeight
                )
                {
                    Cell((row * side) + column, side, weights);
                }
            }
        }
    }

    /// <summary>Clears the weight of one cell, for every prediction of one image.</summary>
    public static void Cell(int cell, int side, Span<float> weights)
    {
        for (int site = cell; site < weights.Length; site += side * side)
        {
            weights[site] = 0;
        }
    }
}

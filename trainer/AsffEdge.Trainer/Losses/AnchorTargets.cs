using AsffEdge.Detection;
using AsffEdge.Trainer.Network;

namespace AsffEdge.Trainer.Losses;

/// <summary>What RetinaNet's maps are trained towards, level by level (coarsest first) in the maps' own layout. Refilled for every step.</summary>
public sealed class AnchorTargets
{
    private readonly AnchorMatcher _matcher = new();
    private int _images;
    private int _size;

    /// <summary>[N, 9, H, W] a level: the class, or −1.</summary>
    public float[][] Labels { get; } = new float[RetinaAnchors.Levels][];

    /// <summary>[N, 9, H, W] a level: one over the image's positives; 0 for anchors that are neither object nor background.</summary>
    public float[][] Weights { get; } = new float[RetinaAnchors.Levels][];

    /// <summary>[N, 9·4, H, W] a level: dx, dy, dw, dh of the anchors with an object, 0 elsewhere.</summary>
    public float[][] Deltas { get; } = new float[RetinaAnchors.Levels][];

    /// <summary>Fills the targets for a batch.</summary>
    public void Assign(TargetBatch targets, int size)
    {
        Resize(targets.Images, size);
        var matches = new int[_matcher.Anchors.Length];
        for (int image = 0; image < targets.Images; image++)
        {
            ObjectTarget[] objects = [.. targets.Objects(image)];
            Box[] boxes =
            [
                .. objects.Select(target => new Box(
                    target.X - (target.Width / 2),
                    target.Y - (target.Height / 2),
                    target.X + (target.Width / 2),
                    target.Y + (target.Height / 2)
                )),
            ];
            _matcher.Match(boxes, matches);
            Fill(image, objects, matches);
        }
    }

    private void Resize(int images, int size)
    {
        if (images == _images && size == _size)
        {
            return;
        }

        _matcher.Resize(size);
        for (int level = 0; level < RetinaAnchors.Levels; level++)
        {
            int anchors = images * Anchors(level, size);
            Labels[level] = new float[anchors];
            Weights[level] = new float[anchors];
            Deltas[level] = new float[4 * anchors];
        }

        (_images, _size) = (images, size);
    }

    private void Fill(int image, ObjectTarget[] objects, ReadOnlySpan<int> matches)
    {
        int positives = 0;
        foreach (int match in matches)
        {
            positives += match >= 0 ? 1 : 0;
        }

        float weight = 1f / Math.Max(1, positives);
        ReadOnlySpan<Box> anchors = _matcher.Anchors;
        for (int level = 0; level < RetinaAnchors.Levels; level++)
        {
            int count = Anchors(level, _size);
            int cells = count / RetinaAnchors.PerCell;
            Span<float> labels = Labels[level].AsSpan(image * count, count);
            Span<float> weights = Weights[level].AsSpan(image * count, count);
            Span<float> deltas = Deltas[level].AsSpan(4 * image * count, 4 * count);
            deltas.Clear();
            for (int i = 0; i < count; i++)
            {
                int match = matches[i];
                labels[i] = match >= 0 ? objects[match].Class : -1;
                weights[i] = match == AnchorMatcher.Ignored ? 0 : weight;
                if (match >= 0)
                {
                    (int prediction, int cell) = Math.DivRem(i, cells);
                    Encode(
                        objects[match],
                        anchors[i],
                        deltas[((4 * prediction * cells) + cell)..],
                        cells
                    );
                }
            }

            matches = matches[count..];
            anchors = anchors[count..];
        }
    }

    private static void Encode(ObjectTarget target, in Box anchor, Span<float> deltas, int stride)
    {
        deltas[0] = (target.X - ((anchor.Left + anchor.Right) / 2)) / anchor.Width;
        deltas[stride] = (target.Y - ((anchor.Top + anchor.Bottom) / 2)) / anchor.Height;
        deltas[2 * stride] = MathF.Log(target.Width / anchor.Width);
        deltas[3 * stride] = MathF.Log(target.Height / anchor.Height);
    }

    private static int Anchors(int level, int size)
    {
        int side = RetinaAnchors.Side(level, size);
        return RetinaAnchors.PerCell * side * side;
    }
}

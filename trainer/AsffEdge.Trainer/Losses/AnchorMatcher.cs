using AsffEdge.Detection;
using AsffEdge.Trainer.Network;

namespace AsffEdge.Trainer.Losses;

/// <summary>
/// Which anchor answers for which object, as RetinaNet has it: the object of greatest IoU from 0.5 on; background under 0.4; between the
/// two neither. An object's best anchors are kept for objects whatever the IoU.
/// </summary>
public sealed class AnchorMatcher
{
    /// <summary>Matched to no object and trained as background.</summary>
    public const int Background = -1;

    /// <summary>Left out of the class loss.</summary>
    public const int Ignored = -2;

    private const float PositiveIou = 0.5f;
    private const float NegativeIou = 0.4f;

    private Box[] _anchors = [];
    private float[] _ious = [];
    private int _size;

    /// <summary>
    /// Every anchor at the present size, in input pixels, unclipped: levels coarsest first, within a level prediction, row, column, as the
    /// maps are laid out.
    /// </summary>
    public ReadOnlySpan<Box> Anchors => _anchors;

    /// <summary>Makes the anchors of an input size, unless they are there.</summary>
    /// <param name="size">Side of the input in pixels.</param>
    public void Resize(int size)
    {
        if (size == _size)
        {
            return;
        }

        var anchors = new List<Box>();
        for (int level = 0; level < RetinaAnchors.Levels; level++)
        {
            AnchorGrid grid = RetinaAnchors.Grid(level, size);
            int side = RetinaAnchors.Side(level, size);
            foreach (float[] shape in grid.Shapes)
            {
                for (int cell = 0; cell < side * side; cell++)
                {
                    float x = cell % side * grid.Step;
                    float y = cell / side * grid.Step;
                    anchors.Add(
                        new(
                            x - (shape[0] / 2),
                            y - (shape[1] / 2),
                            x + (shape[0] / 2),
                            y + (shape[1] / 2)
                        )
                    );
                }
            }
        }

        _anchors = [.. anchors];
        _size = size;
    }

    /// <summary>Matches the anchors of one image.</summary>
    /// <param name="objects">Its objects in input pixels.</param>
    /// <param name="matches">Takes, for each of <see cref="Anchors"/>, the index of its object, <see cref="Background"/> or <see cref="Ignored"/>.</param>
    public void Match(ReadOnlySpan<Box> objects, Span<int> matches)
    {
        if (objects.IsEmpty)
        {
            matches.Fill(Background);
            return;
        }

        Span<float> highest = stackalloc float[objects.Length];
        highest.Clear();
        int needed = objects.Length * _anchors.Length;
        if (_ious.Length < needed)
        {
            _ious = new float[needed];
        }

        for (int i = 0; i < objects.Length; i++)
        {
            Span<float> row = _ious.AsSpan(i * _anchors.Length, _anchors.Length);
            for (int anchor = 0; anchor < row.Length; anchor++)
            {
                row[anchor] = objects[i].IoU(_anchors[anchor]);
                highest[i] = MathF.Max(highest[i], row[anchor]);
            }
        }

        for (int anchor = 0; anchor < _anchors.Length; anchor++)
        {
            int best = 0;
            bool isBestOfAny = false;
            for (int i = 0; i < objects.Length; i++)
            {
                float iou = _ious[(i * _anchors.Length) + anchor];
                isBestOfAny |= iou > 0 && iou == highest[i];
                if (iou > _ious[(best * _anchors.Length) + anchor])
                {
                    best = i;
                }
            }

            float quality = _ious[(best * _anchors.Length) + anchor];
            matches[anchor] =
                quality >= PositiveIou || isBestOfAny ? best
                : quality >= NegativeIou ? Ignored
                : Background;
        }
    }
}

namespace AsffEdge.Detection;

/// <summary>
/// Turns raw head maps into boxes as RetinaNet does (Lin et al., <i>Focal Loss for Dense Object Detection</i>, with the boxes of Faster
/// R-CNN): an anchor of width a and height b stands at the corner of every cell; its box has the centre (x + dx·a, y + dy·b) and the size
/// (exp(dw)·a, exp(dh)·b). Each class is a detection of its own. Its memory is made once. Not thread-safe.
/// </summary>
public sealed class RetinaDecoder
{
    /// <summary>Boxes a level that go on to suppression, the best.</summary>
    public const int MaxCandidates = 1000;

    // Survivors come in batches from a vectorised search.
    private const int BatchSize = 64;

    /// <summary>No box is more than this many times the size of its anchor: 1000 / 16, as in Faster R-CNN.</summary>
    private static readonly float MaxLogScale = MathF.Log(1000f / 16);

    private readonly CandidateBuffer _level = new(MaxCandidates);
    private readonly RetinaScan _scan;

    /// <summary>A decoder that reads with at most <paramref name="threads"/> threads; 0: one a core.</summary>
    public RetinaDecoder(int threads)
    {
        _scan = new RetinaScan(threads);
    }

    /// <summary>
    /// Adds the best <see cref="MaxCandidates"/> boxes of one head whose score is at least <paramref name="scoreThreshold"/>, in the order
    /// prediction, class, row, column. Boxes that are not finite are dropped. Allocates nothing.
    /// </summary>
    /// <param name="head">The map, <see cref="HeadShape.Length"/> floats.</param>
    /// <param name="shape">Its layout, with anchors.</param>
    /// <param name="scoreThreshold">0..1.</param>
    /// <param name="candidates">Takes the boxes, in input pixels, clipped to the input; their objectness is 1.</param>
    /// <exception cref="ArgumentException"><paramref name="head"/> does not have the length of <paramref
    /// name="shape"/>, or that has not an anchor for each prediction.</exception>
    public void Decode(
        ReadOnlySpan<float> head,
        in HeadShape shape,
        float scoreThreshold,
        CandidateBuffer candidates
    )
    {
        Require(head, shape);
        _level.Clear();
        _scan.Run(head, shape, scoreThreshold, _level);
        foreach (ref readonly DetectedObject found in _level.Best())
        {
            candidates.Add(found);
        }
    }

    /// <summary>Adds the boxes whose score, of those from index <paramref name="from"/> to <paramref name="to"/>, is good enough.</summary>
    internal static void Search(
        ReadOnlySpan<float> head,
        in HeadShape shape,
        int from,
        int to,
        float scoreThreshold,
        CandidateBuffer found
    )
    {
        int cells = shape.Cells;
        ReadOnlySpan<float> deltas = head[..(4 * shape.Predictions * cells)];
        ReadOnlySpan<float> logits = head[deltas.Length..][..to];
        float gate = Logits.Gate(scoreThreshold);
        Span<int> survivors = stackalloc int[BatchSize];
        int next = from;
        while (next < logits.Length)
        {
            int count = Logits.FindAtLeast(logits, gate, ref next, survivors);
            foreach (int index in survivors[..count])
            {
                float score = Logits.Sigmoid(logits[index]);
                (int plane, int cell) = Math.DivRem(index, cells);
                (int prediction, int label) = Math.DivRem(plane, shape.Classes);
                if (
                    score >= scoreThreshold
                    && TryDecode(
                        deltas[(4 * prediction * cells)..],
                        shape,
                        prediction,
                        cell,
                        out Box box
                    )
                )
                {
                    found.Add(new(box, 1, score, label, shape.Level));
                }
            }
        }
    }

    /// <summary>
    /// Decodes every box of one head, none left out: rows (xc, yc, w, h, objectness, classes) as of <see cref="YoloDecoder.DecodeAll"/>, boxes
    /// in input pixels, clipped to the input, objectness 1, class scores 0..1, in the order prediction, row, column.
    /// </summary>
    /// <param name="head">The map, <see cref="HeadShape.Length"/> floats.</param>
    /// <param name="shape">Its layout, with anchors.</param>
    /// <param name="rows">Takes [<see cref="HeadShape.Boxes"/>, <see cref="HeadShape.ValuesPerRow"/>] floats.</param>
    /// <exception cref="ArgumentException">A span does not have the length of <paramref name="shape"/>, or that has not an anchor for each
    /// prediction.</exception>
    public static void DecodeAll(ReadOnlySpan<float> head, in HeadShape shape, Span<float> rows)
    {
        Require(head, shape);
        shape.RequireRows(rows.Length, nameof(rows));
        int cells = shape.Cells;
        int values = shape.ValuesPerRow;
        ReadOnlySpan<float> logits = head[(4 * shape.Predictions * cells)..];
        for (int i = 0; i < shape.Boxes; i++)
        {
            (int prediction, int cell) = Math.DivRem(i, cells);
            Span<float> row = rows.Slice(i * values, values);
            TryDecode(head[(4 * prediction * cells)..], shape, prediction, cell, out Box box);
            row[0] = (box.Left + box.Right) / 2;
            row[1] = (box.Top + box.Bottom) / 2;
            row[2] = box.Width;
            row[3] = box.Height;
            row[4] = 1;
            for (int label = 0; label < shape.Classes; label++)
            {
                row[5 + label] = Logits.Sigmoid(
                    logits[(((prediction * shape.Classes) + label) * cells) + cell]
                );
            }
        }
    }

    private static void Require(ReadOnlySpan<float> head, in HeadShape shape)
    {
        shape.RequireLength(head.Length, nameof(head));
        if (shape.Anchors?.Shapes.Count != shape.Predictions)
        {
            throw new ArgumentException(
                $"has {shape.Anchors?.Shapes.Count ?? 0} anchors; its {shape.Predictions} predictions need one each",
                nameof(shape)
            );
        }
    }

    private static bool TryDecode(
        ReadOnlySpan<float> deltas,
        in HeadShape shape,
        int prediction,
        int cell,
        out Box box
    )
    {
        int cells = shape.Cells;
        AnchorGrid anchors = shape.Anchors!;
        float[] anchor = anchors.Shapes[prediction];
        (int row, int column) = Math.DivRem(cell, shape.Columns);
        float x = (column * anchors.Step) + (deltas[cell] * anchor[0]);
        float y = (row * anchors.Step) + (deltas[cells + cell] * anchor[1]);
        float halfWidth =
            MathF.Exp(MathF.Min(deltas[(2 * cells) + cell], MaxLogScale)) * anchor[0] / 2;
        float halfHeight =
            MathF.Exp(MathF.Min(deltas[(3 * cells) + cell], MaxLogScale)) * anchor[1] / 2;
        box = new(
            Math.Clamp(x - halfWidth, 0, anchors.InputSize),
            Math.Clamp(y - halfHeight, 0, anchors.InputSize),
            Math.Clamp(x + halfWidth, 0, anchors.InputSize),
            Math.Clamp(y + halfHeight, 0, anchors.InputSize)
        );
        return float.IsFinite(x + y + halfWidth + halfHeight);
    }
}

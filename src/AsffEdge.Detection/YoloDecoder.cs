namespace AsffEdge.Detection;

/// <summary>
/// Turns raw head maps into boxes. At cell (row j, column i): x = (σ(x) + i)·stride, y = (σ(y) + j)·stride, w = exp(w), h = exp(h)
/// (the graph has added the guidance and the logarithm of the base shape), objectness and classes through σ; after YOLOv3.
/// </summary>
public static class YoloDecoder
{
    // Survivors are decoded in batches, so that their classes are read plane by plane and neighbours share cache lines.
    private const int BatchSize = 64;

    /// <summary>
    /// Adds the boxes of one head whose objectness × best class is at least <paramref name="scoreThreshold"/>, each with its best class
    /// (the first of equals), in the order prediction, row, column. Boxes that are not finite are dropped. Allocates nothing.
    /// </summary>
    /// <param name="head">The map, <see cref="HeadShape.Length"/> floats.</param>
    /// <param name="shape">Its layout.</param>
    /// <param name="scoreThreshold">0..1.</param>
    /// <param name="candidates">Takes the boxes, in input pixels, unclipped.</param>
    /// <exception cref="ArgumentException"><paramref name="head"/> does not have the length of <paramref
    /// name="shape"/>.</exception>
    public static void Decode(
        ReadOnlySpan<float> head,
        in HeadShape shape,
        float scoreThreshold,
        CandidateBuffer candidates
    )
    {
        shape.RequireLength(head.Length, nameof(head));
        float gate = Logits.Gate(scoreThreshold);
        Span<int> survivors = stackalloc int[BatchSize];
        int predictionLength = shape.ValuesPerPrediction * shape.Cells;
        for (int prediction = 0; prediction < shape.Predictions; prediction++)
        {
            ReadOnlySpan<float> maps = head.Slice(prediction * predictionLength, predictionLength);
            ReadOnlySpan<float> objectness = maps.Slice(4 * shape.Cells, shape.Cells);
            int cell = 0;
            while (cell < objectness.Length)
            {
                int count = Logits.FindAtLeast(objectness, gate, ref cell, survivors);
                DecodeSurvivors(maps, shape, survivors[..count], scoreThreshold, candidates);
            }
        }
    }

    /// <summary>
    /// Decodes every box of one head, none left out: rows (xc, yc, w, h, objectness, classes), boxes in input pixels, scores 0..1,
    /// in the order prediction, row, column.
    /// </summary>
    /// <param name="head">The map, <see cref="HeadShape.Length"/> floats.</param>
    /// <param name="shape">Its layout.</param>
    /// <param name="rows">Takes [<see cref="HeadShape.Boxes"/>, <see cref="HeadShape.ValuesPerRow"/>] floats.</param>
    /// <exception cref="ArgumentException">A span does not have the length of <paramref name="shape"/>.</exception>
    public static void DecodeAll(ReadOnlySpan<float> head, in HeadShape shape, Span<float> rows)
    {
        shape.RequireLength(head.Length, nameof(head));
        shape.RequireRows(rows.Length, nameof(rows));
        int cells = shape.Cells;
        int values = shape.ValuesPerPrediction;
        int target = 0;
        for (int prediction = 0; prediction < shape.Predictions; prediction++)
        {
            ReadOnlySpan<float> maps = head.Slice(prediction * values * cells, values * cells);
            for (int cell = 0; cell < cells; cell++, target += values)
            {
                Span<float> row = rows.Slice(target, values);
                (row[0], row[1]) = Centre(maps, shape, cell);
                row[2] = MathF.Exp(maps[(2 * cells) + cell]);
                row[3] = MathF.Exp(maps[(3 * cells) + cell]);
                for (int value = 4; value < values; value++)
                {
                    row[value] = Logits.Sigmoid(maps[(value * cells) + cell]);
                }
            }
        }
    }

    private static void DecodeSurvivors(
        ReadOnlySpan<float> maps,
        in HeadShape shape,
        ReadOnlySpan<int> survivors,
        float scoreThreshold,
        CandidateBuffer candidates
    )
    {
        int cells = shape.Cells;
        Span<float> best = stackalloc float[BatchSize];
        Span<int> bestClass = stackalloc int[BatchSize];
        best.Fill(float.NegativeInfinity);
        bestClass.Clear();
        for (int label = 0; label < shape.Classes; label++)
        {
            ReadOnlySpan<float> logits = maps.Slice((5 + label) * cells, cells);
            for (int i = 0; i < survivors.Length; i++)
            {
                float logit = logits[survivors[i]];
                if (logit > best[i])
                {
                    best[i] = logit;
                    bestClass[i] = label;
                }
            }
        }

        for (int i = 0; i < survivors.Length; i++)
        {
            int cell = survivors[i];
            float objectness = Logits.Sigmoid(maps[(4 * cells) + cell]);
            float classScore = Logits.Sigmoid(best[i]);
            if (!(objectness * classScore >= scoreThreshold))
            {
                continue;
            }

            (float x, float y) = Centre(maps, shape, cell);
            float halfWidth = MathF.Exp(maps[(2 * cells) + cell]) / 2;
            float halfHeight = MathF.Exp(maps[(3 * cells) + cell]) / 2;
            if (float.IsFinite(x + y + halfWidth + halfHeight))
            {
                var box = new Box(x - halfWidth, y - halfHeight, x + halfWidth, y + halfHeight);
                candidates.Add(new(box, objectness, classScore, bestClass[i], shape.Level));
            }
        }
    }

    private static (float X, float Y) Centre(ReadOnlySpan<float> maps, in HeadShape shape, int cell)
    {
        (int row, int column) = Math.DivRem(cell, shape.Columns);
        return (
            (Logits.Sigmoid(maps[cell]) + column) * shape.Stride,
            (Logits.Sigmoid(maps[shape.Cells + cell]) + row) * shape.Stride
        );
    }
}

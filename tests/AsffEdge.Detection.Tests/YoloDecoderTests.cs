namespace AsffEdge.Detection.Tests;

public sealed class YoloDecoderTests
{
    [Fact]
    public void Decoding_gives_what_a_scalar_loop_over_all_boxes_gives() =>
        Laws.Hold(random =>
        {
            HeadShape[] shapes = Shapes(random);
            float threshold = random.GetItems([0, 0.01f, 0.25f, 0.5f, 0.9f, 1], 1)[0];
            float[][] heads = [.. shapes.Select(shape => Head(random, shape))];
            var candidates = new CandidateBuffer(100_000);
            for (int level = 0; level < shapes.Length; level++)
            {
                YoloDecoder.Decode(heads[level], shapes[level], threshold, candidates);
            }

            IEnumerable<DetectedObject> expected = shapes.SelectMany(
                (shape, level) =>
                    Naive(heads[level], shape).Where(found => found.Score >= threshold)
            );
            Assert.Equal(expected, candidates.Best().ToArray());
        });

    [Fact]
    public void Decoding_all_gives_rows_in_the_order_prediction_row_column() =>
        Laws.Hold(random =>
        {
            HeadShape shape = Shapes(random)[0];
            float[] head =
            [
                .. Enumerable
                    .Range(0, shape.Length)
                    .Select(_ => (float)(6 * (random.NextDouble() - 0.5))),
            ];
            float[] rows = new float[shape.Length];

            YoloDecoder.DecodeAll(head, shape, rows);

            int next = 0;
            foreach ((int prediction, int row, int column) in Cells(shape))
            {
                double Logit(int value) => head[Index(shape, prediction, value, row, column)];
                double[] expected =
                [
                    (Sigmoid(Logit(0)) + column) * shape.Stride,
                    (Sigmoid(Logit(1)) + row) * shape.Stride,
                    Math.Exp(Logit(2)),
                    Math.Exp(Logit(3)),
                    .. Enumerable
                        .Range(4, shape.Classes + 1)
                        .Select(value => Sigmoid(Logit(value))),
                ];
                foreach (double value in expected)
                {
                    Assert.Equal(value, rows[next++], 1e-5 * Math.Max(1, value));
                }
            }

            Assert.Equal(rows.Length, next);
        });

    [Fact]
    public void The_worst_numbers_give_no_box_that_is_not_finite() =>
        Laws.Hold(random =>
        {
            HeadShape shape = Shapes(random)[0];
            float[] odd =
            [
                float.NaN,
                float.PositiveInfinity,
                float.NegativeInfinity,
                float.MaxValue,
                float.MinValue,
                89,
                0,
                2,
            ];
            float[] head = random.GetItems(odd, shape.Length);
            var candidates = new CandidateBuffer(shape.Boxes);

            YoloDecoder.Decode(head, shape, 0, candidates);

            Assert.All(
                candidates.Best().ToArray(),
                found =>
                {
                    Assert.True(
                        float.IsFinite(
                            found.Box.Left + found.Box.Top + found.Box.Right + found.Box.Bottom
                        )
                    );
                    Assert.InRange(found.Score, 0, 1);
                }
            );
        });

    [Fact]
    public void Spans_of_another_length_are_refused()
    {
        var shape = new HeadShape(0, 32, 4, 3, 10, 10);

        Assert.Throws<ArgumentException>(() =>
            YoloDecoder.Decode(new float[shape.Length + 1], shape, 0.5f, new CandidateBuffer(1))
        );
        Assert.Throws<ArgumentException>(() =>
            YoloDecoder.DecodeAll(new float[shape.Length], shape, new float[shape.Length - 1])
        );
    }

    [Fact]
    public void The_shapes_of_a_model_follow_from_its_manifest_and_the_size()
    {
        HeadShape[] shapes = HeadShape.All(ColourCells.Manifest, 416);

        Assert.Equal(
            [new HeadShape(0, 32, 2, 2, 13, 13), new HeadShape(1, 16, 2, 2, 26, 26)],
            shapes
        );
        Assert.Equal(
            (14, 169, 338, 14 * 169),
            (shapes[0].Channels, shapes[0].Cells, shapes[0].Boxes, shapes[0].Length)
        );
        Assert.Throws<ArgumentOutOfRangeException>(() => HeadShape.All(ColourCells.Manifest, 400));
    }

    private static HeadShape[] Shapes(Random random)
    {
        int classes = random.Next(1, 12);
        return
        [
            .. Enumerable
                .Range(0, random.Next(1, 4))
                .Select(level => new HeadShape(
                    level,
                    8 << random.Next(3),
                    random.Next(1, 5),
                    classes,
                    random.Next(1, 20),
                    random.Next(1, 20)
                )),
        ];
    }

    /// <summary>Mostly unsure logits, some saturated, some equal.</summary>
    private static float[] Head(Random random, HeadShape shape)
    {
        float[] head = new float[shape.Length];
        for (int i = 0; i < head.Length; i++)
        {
            head[i] = random.Next(10) switch
            {
                0 => 30,
                1 => 1,
                2 => -60,
                _ => (random.NextSingle() - 0.5f) * 8,
            };
        }

        return head;
    }

    private static IEnumerable<DetectedObject> Naive(float[] head, HeadShape shape)
    {
        foreach ((int prediction, int row, int column) in Cells(shape))
        {
            float Logit(int value) => head[Index(shape, prediction, value, row, column)];
            int best = Enumerable.Range(0, shape.Classes).MaxBy(label => Logit(5 + label));
            float x = (Sigmoid(Logit(0)) + column) * shape.Stride;
            float y = (Sigmoid(Logit(1)) + row) * shape.Stride;
            float width = MathF.Exp(Logit(2));
            float height = MathF.Exp(Logit(3));
            var box = new Box(x - (width / 2), y - (height / 2), x + (width / 2), y + (height / 2));
            yield return new(box, Sigmoid(Logit(4)), Sigmoid(Logit(5 + best)), best, shape.Level);
        }
    }

    private static IEnumerable<(int Prediction, int Row, int Column)> Cells(HeadShape shape) =>
        from prediction in Enumerable.Range(0, shape.Predictions)
        from row in Enumerable.Range(0, shape.Rows)
        from column in Enumerable.Range(0, shape.Columns)
        select (prediction, row, column);

    private static int Index(HeadShape shape, int prediction, int value, int row, int column) =>
        (((((prediction * (5 + shape.Classes)) + value) * shape.Rows) + row) * shape.Columns)
        + column;

    private static float Sigmoid(float logit) => 1 / (1 + MathF.Exp(-logit));

    private static double Sigmoid(double logit) => 1 / (1 + Math.Exp(-logit));
}

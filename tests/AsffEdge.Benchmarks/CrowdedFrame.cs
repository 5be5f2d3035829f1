using AsffEdge.Detection;

namespace AsffEdge.Benchmarks;

/// <summary>
/// Head maps at 608 with 80 classes as a crowd gives them: 60 objects, each found by five neighbouring cells (300 candidates), all else
/// background with low objectness.
/// </summary>
internal sealed class CrowdedFrame
{
    public const int Classes = 80;
    private const int Objects = 60;

    public CrowdedFrame(int predictions)
    {
        var random = new Random(1);
        Shapes =
        [
            .. ((int[])[32, 16, 8]).Select(
                (stride, level) =>
                    new HeadShape(level, stride, predictions, Classes, 608 / stride, 608 / stride)
            ),
        ];
        Heads = [.. Shapes.Select(shape => Background(shape, random))];
        for (int i = 0; i < Objects; i++)
        {
            int level = random.Next(Shapes.Length);
            Place(Heads[level], Shapes[level], random);
        }
    }

    public HeadShape[] Shapes { get; }

    public float[][] Heads { get; }

    private static float[] Background(HeadShape shape, Random random)
    {
        float[] head = new float[shape.Length];
        for (int channel = 0; channel < shape.Channels; channel++)
        {
            // Objectness far under the threshold, classes unsure, boxes of four cells.
            (float centre, float spread) = (channel % shape.ValuesPerPrediction) switch
            {
                < 2 => (0, 1),
                < 4 => (MathF.Log(4 * shape.Stride), 0.1f),
                4 => (-7, 2),
                _ => (-4f, 2f),
            };
            foreach (ref float value in head.AsSpan(channel * shape.Cells, shape.Cells))
            {
                value = centre + ((random.NextSingle() - 0.5f) * spread);
            }
        }

        return head;
    }

    private static void Place(float[] head, HeadShape shape, Random random)
    {
        int prediction = random.Next(shape.Predictions);
        int label = random.Next(Classes);
        int row = random.Next(shape.Rows);
        int column = random.Next(shape.Columns - 5);
        int first = prediction * shape.ValuesPerPrediction;
        for (int neighbour = 0; neighbour < 5; neighbour++)
        {
            int cell = (row * shape.Columns) + column + neighbour;
            head[((first + 4) * shape.Cells) + cell] = 2 + random.NextSingle();
            head[((first + 5 + label) * shape.Cells) + cell] = 3 + random.NextSingle();
        }
    }
}

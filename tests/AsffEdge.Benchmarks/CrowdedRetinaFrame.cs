using AsffEdge.Detection;

namespace AsffEdge.Benchmarks;

/// <summary>
/// RetinaNet's head maps at 800 with 80 classes (120,087 anchors, 9.6 million scores) as a crowd gives them: 60 objects, each found by five
/// neighbouring cells (300 candidates), all else background with low scores.
/// </summary>
internal sealed class CrowdedRetinaFrame
{
    public const int Classes = 80;
    private const int Size = 800;
    private const int Objects = 60;

    public CrowdedRetinaFrame()
    {
        var random = new Random(1);
        Shapes = HeadShape.All(
            new ModelManifest
            {
                Name = "crowd",
                Version = "1",
                Decoder = "retinanet",
                Labels = [.. Enumerable.Range(0, Classes).Select(label => $"{label}")],
                Heads =
                [
                    .. ((int[])[128, 64, 32, 16, 8]).Select(stride => new HeadManifest(
                        $"stride{stride}",
                        stride,
                        9,
                        [.. Enumerable.Range(0, 9).Select(i => Anchor(stride, i))]
                    )),
                ],
                Input = new InputManifest
                {
                    Name = "images",
                    Mean = [0, 0, 0],
                    Std = [1, 1, 1],
                },
                Thresholds = new ThresholdManifest(0.5f, 0.5f),
            },
            Size
        );
        Heads = [.. Shapes.Select(shape => Background(shape, random))];
        for (int i = 0; i < Objects; i++)
        {
            int level = random.Next(1, Shapes.Length);
            Place(Heads[level], Shapes[level], random);
        }
    }

    public HeadShape[] Shapes { get; }

    public float[][] Heads { get; }

    private static float[] Anchor(int stride, int index)
    {
        float side = 4 * stride * MathF.Pow(2, index % 3 / 3f);
        float root = MathF.Sqrt(MathF.Pow(2, (index / 3) - 1));
        return [side / root, side * root];
    }

    private static float[] Background(HeadShape shape, Random random)
    {
        float[] head = new float[shape.Length];
        int deltas = 4 * shape.Predictions * shape.Cells;
        for (int i = 0; i < head.Length; i++)
        {
            float noise = random.NextSingle() - 0.5f;
            head[i] = i < deltas ? noise / 5 : -6 + (2 * noise);
        }

        return head;
    }

    private static void Place(float[] head, HeadShape shape, Random random)
    {
        int prediction = random.Next(shape.Predictions);
        int plane =
            (4 * shape.Predictions) + (prediction * shape.Classes) + random.Next(shape.Classes);
        int first = (random.Next(shape.Rows) * shape.Columns) + random.Next(shape.Columns - 5);
        for (int neighbour = 0; neighbour < 5; neighbour++)
        {
            head[(plane * shape.Cells) + first + neighbour] = 2 + random.NextSingle();
        }
    }
}

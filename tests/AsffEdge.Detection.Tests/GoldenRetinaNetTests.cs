using System.Globalization;
using AsffEdge.Trainer.Checkpoints;

namespace AsffEdge.Detection.Tests;

/// <summary>
/// Decoding gives what torchvision's RetinaNet gave: from <c>cls_logits/S</c> and <c>bbox_regression/S</c> of each golden file to its
/// <c>detections/S/scoreC/nmsT</c>, by way of <c>anchors/S</c>. The folder is tests/golden/retinanet, or what ASFF_GOLDEN_RETINANET names.
/// </summary>
public sealed class GoldenRetinaNetTests
{
    private const int AnchorsPerCell = 9;

    private static readonly string Folder = Environment.GetEnvironmentVariable(
        "ASFF_GOLDEN_RETINANET"
    )
        is { Length: > 0 } folder
        ? folder
        : Path.Combine(AppContext.BaseDirectory, "golden", "retinanet");

    public static TheoryData<string> Files =>
        [
            .. Directory
                .GetFiles(Folder, "*.expected.safetensors")
                .Select(path => Path.GetFileName(path)!)
                .Order(),
        ];

    [Theory]
    [MemberData(nameof(Files))]
    public void Decoding_and_suppression_give_the_golden_detections(string file)
    {
        SafetensorsFile golden = SafetensorsFile.Read(Path.Combine(Folder, file));
        int checkedCases = 0;
        foreach (string name in golden.Names.Where(name => name.StartsWith("detections/", default)))
        {
            string[] parts = name.Split('/');
            float score = float.Parse(parts[2]["score".Length..], CultureInfo.InvariantCulture);
            float nms = float.Parse(parts[3]["nms".Length..], CultureInfo.InvariantCulture);
            SafeTensor expected = golden[name];
            var results = new DetectedObject[expected.Shape[0]];
            (HeadShape[] shapes, float[][] maps) = Maps(
                golden,
                int.Parse(parts[1], CultureInfo.InvariantCulture)
            );

            int count = new Postprocessor(1).Run(shapes, level => maps[level], score, nms, results);

            Assert.Equal(results.Length, count);
            List<DetectedObject> unmatched = [.. results];
            for (int i = 0; i < count; i++)
            {
                float[] row = expected.Values[(6 * i)..(6 * (i + 1))];
                Assert.Equal(row[4], results[i].Score, 1e-6f);

                // Some scores are equal, and their order is nobody's promise.
                int match = unmatched.FindIndex(found => IsSame(found, row));
                Assert.True(match >= 0, $"{name}, row {i}: no such detection");
                unmatched.RemoveAt(match);
            }

            checkedCases++;
        }

        Assert.True(checkedCases > 0, $"{file} holds no detections");
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Without_deltas_boxes_are_the_golden_anchors(string file)
    {
        SafetensorsFile golden = SafetensorsFile.Read(Path.Combine(Folder, file));
        string name = golden.Names.First(name => name.StartsWith("anchors/", default));
        int size = int.Parse(name.Split('/')[1], CultureInfo.InvariantCulture);
        float[] anchors = golden[name].Values;
        int next = 0;
        foreach (HeadShape shape in Shapes(size, classes: 1))
        {
            // One anchor at a time, so that the cap on candidates of a level leaves none out.
            for (int cell = 0; cell < shape.Cells; cell++)
            {
                for (int prediction = 0; prediction < AnchorsPerCell; prediction++, next += 4)
                {
                    if ((cell + prediction) % 37 != 0)
                    {
                        continue;
                    }

                    var map = new float[shape.Length];
                    Array.Fill(
                        map,
                        -100,
                        4 * AnchorsPerCell * shape.Cells,
                        AnchorsPerCell * shape.Cells
                    );
                    map[((4 * AnchorsPerCell) + prediction) * shape.Cells + cell] = 100;
                    var candidates = new CandidateBuffer(1);
                    new RetinaDecoder(1).Decode(map, shape, 0.5f, candidates);

                    var anchor = new Box(
                        Math.Clamp(anchors[next], 0, size),
                        Math.Clamp(anchors[next + 1], 0, size),
                        Math.Clamp(anchors[next + 2], 0, size),
                        Math.Clamp(anchors[next + 3], 0, size)
                    );
                    Assert.Equal(anchor, Assert.Single(candidates.Best().ToArray()).Box);
                }
            }
        }

        Assert.Equal(anchors.Length, next);
    }

    private static bool IsSame(DetectedObject found, float[] row) =>
        found.ClassId == (int)row[5]
        && MathF.Abs(found.Score - row[4]) < 1e-6f
        && MathF.Abs(found.Box.Left - row[0]) < 1e-3f
        && MathF.Abs(found.Box.Top - row[1]) < 1e-3f
        && MathF.Abs(found.Box.Right - row[2]) < 1e-3f
        && MathF.Abs(found.Box.Bottom - row[3]) < 1e-3f;

    /// <summary>The golden rows, finest level first and there row, column, anchor, as the maps that a graph would give.</summary>
    private static (HeadShape[] Shapes, float[][] Maps) Maps(SafetensorsFile golden, int size)
    {
        SafeTensor logits = golden[$"cls_logits/{size}"];
        float[] deltas = golden[$"bbox_regression/{size}"].Values;
        int classes = (int)logits.Shape[^1];
        HeadShape[] shapes = Shapes(size, classes);
        var maps = new float[shapes.Length][];
        int row = 0;
        for (int level = 0; level < shapes.Length; level++)
        {
            HeadShape shape = shapes[level];
            maps[level] = new float[shape.Length];
            for (int cell = 0; cell < shape.Cells; cell++)
            {
                for (int prediction = 0; prediction < AnchorsPerCell; prediction++, row++)
                {
                    for (int d = 0; d < 4; d++)
                    {
                        maps[level][(((4 * prediction) + d) * shape.Cells) + cell] = deltas[
                            (4 * row) + d
                        ];
                    }

                    for (int label = 0; label < classes; label++)
                    {
                        int plane = (4 * AnchorsPerCell) + (classes * prediction) + label;
                        maps[level][(plane * shape.Cells) + cell] = logits.Values[
                            (classes * row) + label
                        ];
                    }
                }
            }
        }

        Assert.Equal(deltas.Length, 4 * row);
        return (shapes, maps);
    }

    private static HeadShape[] Shapes(int size, int classes) =>
        HeadShape.All(
            new ModelManifest
            {
                Name = "golden",
                Version = "1",
                Decoder = "retinanet",
                Labels = [.. Enumerable.Range(0, classes).Select(label => $"{label}")],
                Heads =
                [
                    .. Enumerable
                        .Range(3, 5)
                        .Select(level => new HeadManifest(
                            $"p{level}",
                            1 << level,
                            AnchorsPerCell,
                            AnchorShapes(32 << (level - 3))
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
            size
        );

    /// <summary>torchvision's shapes: three whole sizes by three ratios, each half side rounded.</summary>
    private static List<float[]> AnchorShapes(int smallest)
    {
        var shapes = new List<float[]>();
        foreach (double ratio in (double[])[0.5, 1, 2])
        {
            for (int octave = 0; octave < 3; octave++)
            {
                double side = Math.Floor(smallest * Math.Pow(2, octave / 3.0));
                double tall = Math.Sqrt(ratio);
                shapes.Add([
                    2 * (float)Math.Round(side / tall / 2),
                    2 * (float)Math.Round(side * tall / 2),
                ]);
            }
        }

        return shapes;
    }
}

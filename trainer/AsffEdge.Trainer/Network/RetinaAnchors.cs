using AsffEdge.Detection;

namespace AsffEdge.Trainer.Network;

/// <summary>
/// RetinaNet's anchors: sides of 4 strides times 1, 2^⅓ and 2^⅔ (rounded down), by the ratios ½, 1 and 2 of height over width, half sides
/// rounded: the very numbers of torchvision, whose weights are to fit.
/// </summary>
public static class RetinaAnchors
{
    /// <summary>Anchors a cell.</summary>
    public const int PerCell = 9;

    /// <summary>Pyramid levels, P7 to P3.</summary>
    public const int Levels = 5;

    private static readonly double[] Ratios = [0.5, 1, 2];

    private static readonly float[][][] ShapesByLevel =
    [
        .. Enumerable.Range(0, Levels).Select(level => CreateShapes(4 * Stride(level))),
    ];

    /// <summary>Input pixels a cell at <paramref name="level"/>: 128 (level 0, P7) to 8 (level 4, P3).</summary>
    public static int Stride(int level) => 128 >> level;

    /// <summary>Width and height in input pixels of a cell's nine anchors.</summary>
    public static IReadOnlyList<float[]> Shapes(int level) => ShapesByLevel[level];

    /// <summary>The anchors of a level at an input size.</summary>
    public static AnchorGrid Grid(int level, int size) =>
        new(Shapes(level), size / Side(level, size), size);

    /// <summary>Cells along a side of a level's map: the strided convolutions round up.</summary>
    public static int Side(int level, int size) => (size + Stride(level) - 1) / Stride(level);

    private static float[][] CreateShapes(int smallest) =>
        [
            .. from ratio in Ratios
            from octave in Enumerable.Range(0, 3)
            let side = Math.Floor(smallest * Math.Pow(2, octave / 3.0))
            select new[]
            {
                2 * (float)Math.Round(side / Math.Sqrt(ratio) / 2),
                2 * (float)Math.Round(side * Math.Sqrt(ratio) / 2),
            },
        ];
}

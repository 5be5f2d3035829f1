namespace AsffEdge.Detection;

/// <summary>
/// The layout of one raw head map of one picture: [predictions·(5 + classes), rows, columns], prediction-major channels
/// (x, y, ln w, ln h, objectness, classes).
/// </summary>
/// <param name="Level">Index of the pyramid level (0 = coarsest).</param>
/// <param name="Stride">Input pixels a cell.</param>
/// <param name="Predictions">Predictions a cell.</param>
/// <param name="Classes">Number of classes, at least 1.</param>
/// <param name="Rows">Cells down.</param>
/// <param name="Columns">Cells across.</param>
public readonly record struct HeadShape(
    int Level,
    int Stride,
    int Predictions,
    int Classes,
    int Rows,
    int Columns
)
{
    /// <summary>Channels of one prediction: 4 of the box, objectness, and the classes.</summary>
    public int ValuesPerPrediction => 5 + Classes;

    /// <summary>Channels of the map.</summary>
    public int Channels => Predictions * ValuesPerPrediction;

    /// <summary>Cells of the map.</summary>
    public int Cells => Rows * Columns;

    /// <summary>Floats of the map.</summary>
    public int Length => Channels * Cells;

    /// <summary>Boxes the map decodes to.</summary>
    public int Boxes => Predictions * Cells;

    /// <summary>
    /// The shapes of all heads of a model at one square input size, in the manifest's order (coarsest first).
    /// </summary>
    /// <param name="manifest">The model's manifest.</param>
    /// <param name="size">Side of the input in pixels, a multiple of every stride.</param>
    /// <exception cref="ArgumentOutOfRangeException">The size is no multiple of a head's stride.</exception>
    public static HeadShape[] All(ModelManifest manifest, int size)
    {
        var shapes = new HeadShape[manifest.Heads.Count];
        for (int level = 0; level < shapes.Length; level++)
        {
            HeadManifest head = manifest.Heads[level];
            if (size <= 0 || size % head.Stride != 0)
            {
                throw new ArgumentOutOfRangeException(
                    nameof(size),
                    size,
                    $"must be a multiple of the stride {head.Stride} of head '{head.Output}'"
                );
            }

            int side = size / head.Stride;
            shapes[level] = new(
                level,
                head.Stride,
                head.Predictions,
                manifest.Labels.Count,
                side,
                side
            );
        }

        return shapes;
    }
}

namespace AsffEdge.Detection;

/// <summary>
/// The layout of one raw head map of one picture, [channels, rows, columns]. YOLOv3: prediction-major channels (x, y, ln w, ln h,
/// objectness, classes). RetinaNet: first (dx, dy, dw, dh) of every prediction, then the classes of every prediction.
/// </summary>
/// <param name="Level">Index of the pyramid level (0 = coarsest).</param>
/// <param name="Stride">Input pixels a cell.</param>
/// <param name="Predictions">Predictions a cell.</param>
/// <param name="Classes">Number of classes, at least 1.</param>
/// <param name="Rows">Cells down.</param>
/// <param name="Columns">Cells across.</param>
/// <param name="Anchors">RetinaNet: what its boxes begin with; null: a YOLOv3 map.</param>
public readonly record struct HeadShape(
    int Level,
    int Stride,
    int Predictions,
    int Classes,
    int Rows,
    int Columns,
    AnchorGrid? Anchors = null
)
{
    /// <summary>Channels of one prediction: 4 of the box, YOLOv3's objectness, and the classes.</summary>
    public int ValuesPerPrediction => (Anchors is null ? 5 : 4) + Classes;

    /// <summary>Values of a box decoded with all its scores: 4 of the box, objectness, and the classes.</summary>
    public int ValuesPerRow => 5 + Classes;

    /// <summary>Channels of the map.</summary>
    public int Channels => Predictions * ValuesPerPrediction;

    /// <summary>Cells of the map.</summary>
    public int Cells => Rows * Columns;

    /// <summary>Floats of the map.</summary>
    public int Length => Channels * Cells;

    /// <summary>Boxes the map decodes to.</summary>
    public int Boxes => Predictions * Cells;

    internal void RequireLength(int length, string name)
    {
        if (length != Length)
        {
            throw new ArgumentException(
                $"holds {length} floats; the head's shape needs {Length}",
                name
            );
        }
    }

    internal void RequireRows(int length, string name)
    {
        if (length != Boxes * ValuesPerRow)
        {
            throw new ArgumentException(
                $"holds {length} floats; the head's decoded boxes need {Boxes * ValuesPerRow}",
                name
            );
        }
    }

    /// <summary>
    /// The shapes of all heads of a model at one square input size, in the manifest's order (coarsest first).
    /// </summary>
    /// <param name="manifest">The model's manifest.</param>
    /// <param name="size">Side of the input in pixels; for YOLOv3 a multiple of every stride. RetinaNet's coarse levels round up, as the
    /// convolutions that make them do.</param>
    /// <exception cref="ArgumentOutOfRangeException">The size is no multiple of a YOLOv3 head's stride.</exception>
    public static HeadShape[] All(ModelManifest manifest, int size)
    {
        DecoderKind decoder = manifest.DecoderKind;
        var shapes = new HeadShape[manifest.Heads.Count];
        for (int level = 0; level < shapes.Length; level++)
        {
            HeadManifest head = manifest.Heads[level];
            if (size <= 0 || (decoder == DecoderKind.Yolov3 && size % head.Stride != 0))
            {
                throw new ArgumentOutOfRangeException(
                    nameof(size),
                    size,
                    $"must be a multiple of the stride {head.Stride} of head '{head.Output}'"
                );
            }

            int side = (size + head.Stride - 1) / head.Stride;
            shapes[level] = new(
                level,
                head.Stride,
                head.Predictions,
                manifest.Labels.Count,
                side,
                side,
                decoder == DecoderKind.Retinanet
                    ? new AnchorGrid(head.Bases, size / side, size)
                    : null
            );
        }

        return shapes;
    }
}

using AsffEdge.Trainer.Network;

namespace AsffEdge.Trainer.Checkpoints.Import;

/// <summary>
/// Class predictions under COCO's own numbers, as torchvision's weights have them: 91 outputs, of which 0 is the background and ten stand
/// for numbers that COCO never gave to a class. A network of 80 classes takes the 80 others, in their order.
/// </summary>
internal static class CocoClasses
{
    private const int Numbers = 91;

    private static readonly int[] Used =
    [
        .. Enumerable.Range(1, Numbers - 1).Except([12, 26, 29, 30, 45, 66, 68, 69, 71, 83]),
    ];

    /// <summary>The tensor with the outputs of the used classes alone; null where it is not such a tensor or not for such a network.</summary>
    public static ImportedTensor? Select(
        ImportedTensor tensor,
        StateEntry entry,
        NetworkConfiguration network
    )
    {
        if (
            network.Detector != DetectorKind.RetinaNet
            || network.Classes != Used.Length
            || !entry.Name.StartsWith("head.class.prediction.", StringComparison.Ordinal)
            || tensor.Shape is not [RetinaAnchors.PerCell * Numbers, ..]
            || !tensor.Shape.Skip(1).SequenceEqual(entry.Shape.Skip(1))
        )
        {
            return null;
        }

        return new ImportedTensor(
            tensor.Name,
            entry.Shape,
            () =>
            {
                float[] values = tensor.Read();
                int length = values.Length / (RetinaAnchors.PerCell * Numbers);
                return
                [
                    .. from anchor in Enumerable.Range(0, RetinaAnchors.PerCell)
                    from number in Used
                    let first = ((anchor * Numbers) + number) * length
                    from value in values[first..(first + length)]
                    select value,
                ];
            }
        );
    }
}

namespace AsffEdge.Trainer.Losses;

/// <summary>The objects of a batch.</summary>
/// <param name="Values">[N, MaxObjects, Columns]: class, xc, yc, w, h in input pixels and, with six columns, the mixup weight; a row without width is empty.</param>
/// <param name="Images">N.</param>
/// <param name="MaxObjects">Rows an image.</param>
/// <param name="Columns">5 or 6.</param>
public readonly record struct TargetBatch(
    ReadOnlyMemory<float> Values,
    int Images,
    int MaxObjects,
    int Columns
)
{
    /// <summary>The objects of one image.</summary>
    public IEnumerable<ObjectTarget> Objects(int image)
    {
        for (int row = 0; row < MaxObjects; row++)
        {
            ReadOnlyMemory<float> values = Values.Slice(
                ((image * MaxObjects) + row) * Columns,
                Columns
            );
            if (values.Span[3] > 0 && values.Span[4] > 0)
            {
                ReadOnlySpan<float> v = values.Span;
                yield return new ObjectTarget(
                    (int)v[0],
                    v[1],
                    v[2],
                    v[3],
                    v[4],
                    Columns > 5 ? v[5] : 1
                );
            }
        }
    }
}

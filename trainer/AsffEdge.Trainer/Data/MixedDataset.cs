namespace AsffEdge.Trainer.Data;

/// <summary>New pictures followed by old ones, as one data set; the loader decides how many of each a batch holds. Neither is disposed.</summary>
/// <param name="current">The new ones.</param>
/// <param name="old">The old ones, of the same classes.</param>
internal sealed class MixedDataset(IDetectionDataset current, IDetectionDataset old)
    : IDetectionDataset
{
    /// <inheritdoc/>
    public int Count => current.Count + old.Count;

    /// <inheritdoc/>
    public IReadOnlyList<string> Labels => current.Labels;

    /// <inheritdoc/>
    public Sample Load(int index) =>
        index < current.Count ? current.Load(index) : old.Load(index - current.Count);
}

namespace AsffEdge.Trainer.Checkpoints.Import;

/// <summary>A tensor of another program's file.</summary>
/// <param name="Name">Its name there.</param>
/// <param name="Shape">Its sizes, outermost first.</param>
/// <param name="Read">Reads its values from the file, as floats in row-major order.</param>
internal sealed record ImportedTensor(string Name, IReadOnlyList<long> Shape, Func<float[]> Read);

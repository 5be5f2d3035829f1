namespace AsffEdge.Trainer.Checkpoints.Import;

/// <summary>A run of elements in a file of PyTorch's, which several tensors may share.</summary>
/// <param name="Key">The name in the file of what holds it.</param>
/// <param name="Type">How the elements are encoded.</param>
/// <param name="Start">Index of its first element in what the key names; 0 but in files of PyTorch before 0.4.</param>
/// <param name="Count">Number of elements.</param>
internal sealed record TorchStorage(string Key, ElementType Type, long Start, long Count);

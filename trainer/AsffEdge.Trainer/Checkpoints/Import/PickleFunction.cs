namespace AsffEdge.Trainer.Checkpoints.Import;

/// <summary>A function that a pickle may call: ours, under the name of the Python one whose result it gives.</summary>
/// <param name="Name">The Python name.</param>
/// <param name="Call">Makes the result of the arguments.</param>
internal sealed record PickleFunction(string Name, Func<object?[], object?> Call);

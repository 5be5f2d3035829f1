namespace AsffEdge.Trainer.Comparison;

/// <summary>A figure of two models on the same pictures, to be computed for any weights of the pictures.</summary>
/// <param name="Group">What it belongs to: <c>overall</c>, <c>size</c>, <c>class</c>, <c>object size</c> or <c>camera</c>.</param>
/// <param name="Name">The class, camera, … itself.</param>
/// <param name="Objects">Objects that count.</param>
/// <param name="Old">Of the old model; null where there is nothing to measure on.</param>
/// <param name="New">Of the new one.</param>
internal sealed record PairedFigure(
    string Group,
    string Name,
    int Objects,
    Func<int[], double?> Old,
    Func<int[], double?> New
);

/// <summary>A figure with its uncertainty, all 0..1.</summary>
/// <param name="Group">What it belongs to.</param>
/// <param name="Name">What it is of.</param>
/// <param name="Objects">Objects that count.</param>
/// <param name="Old">The old model's; null where there is nothing to measure on.</param>
/// <param name="New">The new model's.</param>
/// <param name="Difference">New less old.</param>
/// <param name="Low">Lower end of the difference's 95 % interval.</param>
/// <param name="High">Upper end.</param>
internal sealed record ComparedFigure(
    string Group,
    string Name,
    int Objects,
    double? Old,
    double? New,
    double? Difference,
    double? Low,
    double? High
);

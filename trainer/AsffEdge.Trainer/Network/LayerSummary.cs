namespace AsffEdge.Trainer.Network;

/// <summary>One layer with parameters as the summary shows it.</summary>
/// <param name="Name">Module name.</param>
/// <param name="Operation">What it does, for example <c>conv 3×3/2</c>.</param>
/// <param name="Output">Output shape.</param>
/// <param name="Parameters">Trained values; 0 where an earlier layer has brought them.</param>
/// <param name="MultiplyAdds">Multiply-adds for one image.</param>
public sealed record LayerSummary(
    string Name,
    string Operation,
    MapShape Output,
    long Parameters,
    long MultiplyAdds
);

namespace AsffEdge.Trainer.Optimization;

/// <summary>What is trained on (<c>data:</c>). Paths are relative to the configuration file that states them.</summary>
public sealed record DataOptions
{
    /// <summary>COCO JSON of the training set.</summary>
    public string Train { get; init; } = "";

    /// <summary>COCO JSON of the validation set; may be left out.</summary>
    public string? Validation { get; init; }

    /// <summary>Image folder, or the video that the annotations' frames are of.</summary>
    public string Images { get; init; } = "";

    /// <summary>Class names in the order of their ids; empty: the training set's categories.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];
}

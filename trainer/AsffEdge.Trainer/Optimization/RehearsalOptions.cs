using AsffEdge.Trainer.Data;

namespace AsffEdge.Trainer.Optimization;

/// <summary>Old data that takes part in a training against forgetting (<c>data.rehearsal:</c>). Paths are relative to the configuration file.</summary>
public sealed record RehearsalOptions
{
    /// <summary>A data set made by <c>asff-train dataset</c>, in place of the two keys below.</summary>
    public string? Dataset { get; init; }

    /// <summary>How the annotations are written.</summary>
    public DataFormat Format { get; init; } = DataFormat.Coco;

    /// <summary>The old training set, as <see cref="DataOptions.Train"/>.</summary>
    public string Train { get; init; } = "";

    /// <summary>Its pictures, as <see cref="DataOptions.Images"/>.</summary>
    public string Images { get; init; } = "";

    /// <summary>Share of old pictures in every batch, above 0 to below 1; at least one, and at most all but one.</summary>
    public double Share { get; init; } = 0.25;

    /// <summary>Old pictures in a step of so many.</summary>
    public int PerStep(int images) => Math.Clamp((int)Math.Round(Share * images), 1, images - 1);
}

using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using AsffEdge.Trainer.Optimization;

namespace AsffEdge.Trainer.Checkpoints;

/// <summary>What a resumed run needs beside the tensors, and what tells whether a run is the same one (<c>run.json</c>).</summary>
public sealed record RunDescription
{
    /// <summary>The layout that this version writes and reads.</summary>
    public const int CurrentFormat = 1;

    internal static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
        IgnoreReadOnlyProperties = true,
        RespectNullableAnnotations = true,
        WriteIndented = true,
    };

    /// <summary>The layout.</summary>
    public int Format { get; init; } = CurrentFormat;

    /// <summary>Steps done.</summary>
    public required int Step { get; init; }

    /// <summary>Epochs done, whole ones.</summary>
    public required int Epoch { get; init; }

    /// <summary>The training set.</summary>
    public required DatasetIdentity Dataset { get; init; }

    /// <summary>Where the model comes from (<see cref="Lineage"/>).</summary>
    public JsonObject? Lineage { get; init; }

    /// <summary>The best validation so far; null before the first.</summary>
    public BestValidation? Best { get; init; }

    /// <summary>The score threshold that the last validation recommends, 0..1; null before the first, and where an older version has saved.</summary>
    public float? RecommendedThreshold { get; init; }

    /// <summary>The whole configuration, seed included, paths as they were then.</summary>
    public required TrainingConfiguration Configuration { get; init; }
}

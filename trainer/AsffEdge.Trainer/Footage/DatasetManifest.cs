using System.Text.Json.Serialization;

namespace AsffEdge.Trainer.Footage;

/// <summary>
/// <c>dataset.json</c>: what a data set is made of. It names the hashes of its parts, which name those of their pictures; so its own hash names every byte that a
/// training sees. It holds no time: the same packs and options give the same file.
/// </summary>
public sealed record DatasetManifest
{
    /// <summary>The layout that is read and written.</summary>
    public const int CurrentFormat = 1;

    /// <summary>The layout.</summary>
    [JsonRequired]
    public int Format { get; init; } = CurrentFormat;

    /// <summary>What made it: <c>build</c>, <c>label</c> or <c>import</c>.</summary>
    public required string MadeBy { get; init; }

    /// <summary>The manifest hash of the data set that it was made from.</summary>
    public string? Parent { get; init; }

    /// <summary>The teacher that labelled it, in this version.</summary>
    public FootageModel? Teacher { get; init; }

    /// <summary>Class names by class id.</summary>
    public required IReadOnlyList<string> Classes { get; init; }

    /// <summary>How it is divided.</summary>
    public required SplitOptions Split { get; init; }

    /// <summary>The packs in it, by identity.</summary>
    public required IReadOnlyList<DatasetPack> Packs { get; init; }

    /// <summary>What is trained on.</summary>
    public required DatasetPartFile Train { get; init; }

    /// <summary>What is held out.</summary>
    public required DatasetPartFile Validation { get; init; }

    /// <summary>A part's file.</summary>
    public DatasetPartFile Of(DatasetPart part) => part == DatasetPart.Train ? Train : Validation;
}

/// <summary>A pack that went into a data set.</summary>
/// <param name="PackSha256">Its identity.</param>
/// <param name="Agent">Whose it is.</param>
/// <param name="From">First picture.</param>
/// <param name="To">Last picture.</param>
/// <param name="Images">Pictures in it, before duplicates went.</param>
public sealed record DatasetPack(
    string PackSha256,
    string Agent,
    DateTime From,
    DateTime To,
    int Images
);

/// <summary>A part of a data set.</summary>
/// <param name="File">Its name.</param>
/// <param name="Sha256">Its hash.</param>
/// <param name="Images">Pictures.</param>
/// <param name="Annotations">Objects.</param>
public sealed record DatasetPartFile(string File, string Sha256, int Images, int Annotations);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    WriteIndented = true
)]
[JsonSerializable(typeof(DatasetManifest))]
internal sealed partial class DatasetJson : JsonSerializerContext;

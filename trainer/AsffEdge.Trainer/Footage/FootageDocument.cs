using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using AsffEdge.Detection;

namespace AsffEdge.Trainer.Footage;

/// <summary>
/// Pictures of cameras with what was seen in them: <c>coco.json</c> of a pack, and the two parts of a data set (docs/footage.md). It is COCO's format with more keys.
/// </summary>
public sealed record FootageDocument
{
    /// <summary>Where it comes from; a data set's parts have none.</summary>
    public FootageInfo? Info { get; init; }

    /// <summary>The classes; names are unique.</summary>
    public required IReadOnlyList<FootageCategory> Categories { get; init; }

    /// <summary>The pictures.</summary>
    public required IReadOnlyList<FootageImage> Images { get; init; }

    /// <summary>The objects in them.</summary>
    public required IReadOnlyList<FootageAnnotation> Annotations { get; init; }
}

/// <summary>Whose footage a document holds.</summary>
/// <param name="Agent">The agent's id.</param>
/// <param name="Camera">The camera's id.</param>
public sealed record FootageInfo(
    [property: JsonRequired] string Agent,
    [property: JsonRequired] string Camera
);

/// <summary>A class.</summary>
/// <param name="Id">Unique in the document.</param>
/// <param name="Name">Unique in the document.</param>
public sealed record FootageCategory(
    [property: JsonRequired] int Id,
    [property: JsonRequired] string Name
);

/// <summary>A model as packs and manifests name it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Version">Its version.</param>
/// <param name="Sha256">Of its file, lower-case hex.</param>
public sealed record FootageModel(
    [property: JsonRequired] string Name,
    [property: JsonRequired] string Version,
    [property: JsonRequired] string Sha256
)
{
    /// <summary>The model in a file.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    internal static FootageModel OfFile(string name, string version, string path)
    {
        using FileStream file = File.OpenRead(path);
        return new FootageModel(name, version, Convert.ToHexStringLower(SHA256.HashData(file)));
    }
}

/// <summary>One picture.</summary>
public sealed record FootageImage
{
    /// <summary>Unique in the document.</summary>
    public required long Id { get; init; }

    /// <summary>In a pack <c>camera/day/time.jpg</c>, in a data set <c>agent/camera/day/time.jpg</c>.</summary>
    public required string FileName { get; init; }

    /// <summary>Pixels.</summary>
    public required int Width { get; init; }

    /// <summary>Pixels.</summary>
    public required int Height { get; init; }

    /// <summary>Capture time, UTC.</summary>
    public required DateTime DateCaptured { get; init; }

    /// <summary>The camera's id; in a data set <c>agent/camera</c>.</summary>
    public required string Camera { get; init; }

    /// <summary>What chose the frame.</summary>
    public required string Policy { get; init; }

    /// <summary>The profile that inference ran with.</summary>
    public required string Profile { get; init; }

    /// <summary>Its input size in pixels.</summary>
    public required int InputSize { get; init; }

    /// <summary>Its score threshold, 0..1.</summary>
    public required double ScoreThreshold { get; init; }

    /// <summary>The model that saw the frame.</summary>
    public required FootageModel Model { get; init; }

    /// <summary>Whether privacy masks were drawn before the picture was written.</summary>
    public required bool MasksApplied { get; init; }

    /// <summary>Whether objects outside of zones were left out.</summary>
    public bool ZonesApplied { get; init; }

    /// <summary>The <see cref="DifferenceHash"/>.</summary>
    public string? Dhash { get; init; }

    /// <summary>Of the picture's file; in data sets.</summary>
    public string? Sha256 { get; init; }

    /// <summary>Whether a person has corrected it, also where nothing is in it; in data sets.</summary>
    public bool Reviewed { get; init; }
}

/// <summary>One object.</summary>
public sealed record FootageAnnotation
{
    /// <summary>What found it: the device's model.</summary>
    public const string Model = "model";

    /// <summary>A teacher model (<c>dataset label</c>).</summary>
    public const string Teacher = "teacher";

    /// <summary>A person (<c>dataset import</c>).</summary>
    public const string Human = "human";

    /// <summary>Unique in the document.</summary>
    public required long Id { get; init; }

    /// <summary>Its picture.</summary>
    public required long ImageId { get; init; }

    /// <summary>Its class.</summary>
    public required int CategoryId { get; init; }

    /// <summary>Left, top, width, height in pixels.</summary>
    public required double[] Bbox { get; init; }

    /// <summary>Square pixels.</summary>
    public required double Area { get; init; }

    /// <summary>0: a group of objects is not one.</summary>
    public int Iscrowd { get; init; }

    /// <summary>0..1; a person's have none.</summary>
    public double? Score { get; init; }

    /// <summary><see cref="Model"/>, <see cref="Teacher"/> or <see cref="Human"/>.</summary>
    public required string Source { get; init; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true
)]
[JsonSerializable(typeof(FootageDocument))]
[JsonSerializable(typeof(PackManifest))]
[JsonSerializable(typeof(PackEnd))]
internal sealed partial class FootageJson : JsonSerializerContext;

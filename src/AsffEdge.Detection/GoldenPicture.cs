using System.Text.Json;
using System.Text.Json.Serialization;

namespace AsffEdge.Detection;

/// <summary>
/// A small picture with what the model must find in it. It travels inside the ONNX file (<c>metadata_props</c>, key
/// <see cref="MetadataKey"/>, JSON), so that a device can find out by itself whether the file computes what it did where it was made.
/// </summary>
public sealed record GoldenPicture
{
    /// <summary>The key in the ONNX file's <c>metadata_props</c>.</summary>
    public const string MetadataKey = "asff-edge.golden";

    /// <summary>Version of this format that this code reads and writes.</summary>
    public const int CurrentFormat = 1;

    /// <summary>Most bytes of the picture.</summary>
    public const int LargestPicture = 1 << 16;

    private const int LargestSide = 2048;
    private const int MostSizes = 4;
    private const int MostObjects = 300;

    /// <summary>Version of this format.</summary>
    [JsonRequired]
    public int Format { get; init; } = CurrentFormat;

    /// <summary>The picture, a JPEG or PNG file.</summary>
    public required byte[] Picture { get; init; }

    /// <summary>Where the picture is from, for people.</summary>
    public string? Source { get; init; }

    /// <summary>By how much a score may differ.</summary>
    [JsonRequired]
    public float ScoreTolerance { get; init; } = 0.05f;

    /// <summary>Least IoU of a box with the one expected.</summary>
    [JsonRequired]
    public float LeastOverlap { get; init; } = 0.9f;

    /// <summary>What must be found, by input size.</summary>
    public required IReadOnlyList<GoldenSize> Sizes { get; init; }

    /// <summary>Reads a golden picture and checks it.</summary>
    /// <param name="json">The text.</param>
    /// <param name="manifest">Of the model that it belongs to.</param>
    /// <exception cref="FormatException">It is none this code can use; the message names the key and what is allowed.</exception>
    public static GoldenPicture Parse(string json, ModelManifest manifest)
    {
        GoldenPicture golden;
        try
        {
            golden =
                JsonSerializer.Deserialize(json, GoldenJson.Default.GoldenPicture)
                ?? throw new FormatException(
                    "the golden picture is 'null'; expected a JSON object"
                );
        }
        catch (Exception error) when (error is JsonException or ArgumentException)
        {
            throw new FormatException($"the golden picture is not valid: {error.Message}", error);
        }

        golden.Validate(manifest);
        return golden;
    }

    /// <summary>The golden picture as JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, GoldenJson.Default.GoldenPicture);

    private void Validate(ModelManifest manifest)
    {
        Require(Format == CurrentFormat, $"format is {Format}; this version reads {CurrentFormat}");
        Require(
            Picture.Length is > 0 and <= LargestPicture,
            $"picture has {Picture.Length} bytes; allowed: 1 to {LargestPicture}"
        );
        Require(
            EncodedPicture.TryReadSize(Picture, out int width, out int height),
            "picture is no JPEG and no PNG file"
        );
        Require(
            width is > 0 and <= LargestSide && height is > 0 and <= LargestSide,
            $"picture is {width}×{height}; allowed: up to {LargestSide}×{LargestSide}"
        );
        Require(
            ScoreTolerance is > 0 and <= 0.2f,
            $"score_tolerance is {ScoreTolerance}; allowed: above 0, up to 0.2"
        );
        Require(
            LeastOverlap is >= 0.5f and <= 1,
            $"least_overlap is {LeastOverlap}; allowed: 0.5 to 1"
        );
        Require(
            Sizes.Count is > 0 and <= MostSizes,
            $"sizes has {Sizes.Count} entries; allowed: 1 to {MostSizes}"
        );
        Require(Sizes.All(size => size is not null), "sizes holds null");
        Require(
            Sizes.DistinctBy(size => size.Size).Count() == Sizes.Count,
            "sizes names a size twice"
        );
        foreach (GoldenSize size in Sizes)
        {
            Validate(size, manifest);
        }
    }

    private void Validate(GoldenSize size, ModelManifest manifest)
    {
        Require(
            manifest.Input.Allows(size.Size),
            $"size is {size.Size}; allowed: {manifest.Input.DescribeSizes()}"
        );
        Require(
            size.Score > ScoreTolerance && size.Score <= 1,
            $"score of size {size.Size} is {size.Score}; allowed: above score_tolerance, up to 1"
        );
        Require(
            size.Nms is > 0 and <= 1,
            $"nms of size {size.Size} is {size.Nms}; allowed: above 0, up to 1"
        );
        Require(
            size.Objects.Count <= MostObjects,
            $"objects of size {size.Size} has {size.Objects.Count} entries; allowed: up to {MostObjects}"
        );
        foreach (GoldenObject found in size.Objects)
        {
            Require(found is not null, $"objects of size {size.Size} holds null");
            Require(
                found!.ClassId >= 0 && found.ClassId < manifest.Labels.Count,
                $"class_id is {found.ClassId}; allowed: 0 to {manifest.Labels.Count - 1}"
            );
            Require(found.Score is > 0 and <= 1, $"score is {found.Score}; allowed: above 0 to 1");
            Require(
                found.Box.Length == 4
                    && found.Box.All(edge => edge is >= 0 and <= 1)
                    && found.Box[0] < found.Box[2]
                    && found.Box[1] < found.Box[3],
                "box must be left, top, right, bottom as fractions 0 to 1 of the picture"
            );
        }

        Require(
            size.Objects.Any(found => size.MustBeFound(found, ScoreTolerance)),
            $"size {size.Size} expects no object that stands clear of its threshold of {size.Score}; a picture in which nothing must be found checks nothing"
        );
    }

    private static void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw new FormatException($"the golden picture is not valid: {message}");
        }
    }
}

/// <summary>What must be found in a golden picture at one input size.</summary>
/// <param name="Size">Side of the network's input in pixels.</param>
/// <param name="Score">The score threshold to look with. <paramref name="Objects"/> reach down to this less the tolerance.</param>
/// <param name="Nms">The IoU threshold to look with.</param>
/// <param name="Objects">What was found where the model was made.</param>
public sealed record GoldenSize(
    int Size,
    float Score,
    float Nms,
    IReadOnlyList<GoldenObject> Objects
)
{
    /// <summary>Whether an object must be found: the tolerance does not bring it below the threshold.</summary>
    internal bool MustBeFound(GoldenObject found, float tolerance) =>
        found.Score >= Score + tolerance;
}

/// <summary>An object in a golden picture.</summary>
/// <param name="ClassId">Index of its class in the manifest's labels.</param>
/// <param name="Score">Its score, 0..1.</param>
/// <param name="Box">Left, top, right, bottom as fractions 0..1 of the picture.</param>
public sealed record GoldenObject(int ClassId, float Score, float[] Box)
{
    /// <summary>The box.</summary>
    [JsonIgnore]
    public Box Place => new(Box[0], Box[1], Box[2], Box[3]);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true
)]
[JsonSerializable(typeof(GoldenPicture))]
internal sealed partial class GoldenJson : JsonSerializerContext;

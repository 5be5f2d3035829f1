using System.Text.Json;
using System.Text.Json.Serialization;
using AsffEdge.Trainer.Checkpoints;

namespace AsffEdge.Trainer.Data;

/// <summary>An annotation file in COCO's object-detection format; only the parts that boxes need.</summary>
public sealed record CocoDocument
{
    public required IReadOnlyList<CocoImage> Images { get; init; }

    public required IReadOnlyList<CocoAnnotation> Annotations { get; init; }

    public required IReadOnlyList<CocoCategory> Categories { get; init; }

    /// <exception cref="InvalidDatasetException">There is no such file, or it is not in COCO's format.</exception>
    public static CocoDocument Read(string path)
    {
        try
        {
            using FileStream stream = File.OpenRead(path);
            CocoDocument? document = JsonSerializer.Deserialize(
                stream,
                CocoJson.Default.CocoDocument
            );
            bool holdsNull =
                document is null
                || document.Images.Any(image => image is null)
                || document.Annotations.Any(annotation => annotation is null)
                || document.Categories.Any(category => category is null);
            return !holdsNull
                ? document!
                : throw new InvalidDatasetException(
                    $"{path}: holds 'null'; expected COCO annotations (images, annotations, categories)"
                );
        }
        catch (JsonException error)
        {
            throw new InvalidDatasetException(
                $"{path}:{error.LineNumber + 1}: not COCO annotations ({error.Message}); expected images, annotations and categories",
                error
            );
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDatasetException(
                $"{path}: cannot be read ({error.Message}); expected a COCO annotation file",
                error
            );
        }
    }

    /// <summary>Writes the document as JSON, replacing the file.</summary>
    public void Write(string path) =>
        AtomicFile.Write(
            path,
            stream => JsonSerializer.Serialize(stream, this, CocoJson.Default.CocoDocument)
        );
}

/// <param name="Id">Unique among the images.</param>
/// <param name="FileName">A file under the image folder, or <c>clip.avi#000123</c>: frame 123 of that video, counted from 1.</param>
/// <param name="Width">Pixels; 0: not known.</param>
/// <param name="Height">Pixels; 0: not known.</param>
public sealed record CocoImage(
    [property: JsonRequired] long Id,
    [property: JsonRequired] string FileName,
    [property: JsonRequired, JsonConverter(typeof(PictureSideConverter))] int Width,
    [property: JsonRequired, JsonConverter(typeof(PictureSideConverter))] int Height
);

/// <param name="Id">Unique among the annotations.</param>
/// <param name="ImageId">The image it belongs to.</param>
/// <param name="CategoryId">Its category.</param>
/// <param name="Bbox">Left, top, width, height in pixels.</param>
/// <param name="Area">Square pixels of the object's outline, which sorts it into small, medium and large; the box's where absent.</param>
/// <param name="Iscrowd">1 for a box around a group of objects.</param>
/// <param name="Rotation">Degrees by which a person has turned the box about its centre (in CVAT; <c>attributes.rotation</c>).</param>
/// <param name="HasOutline">Whether there is a <c>segmentation</c>. The box is the outline's then, and is not turned.</param>
public sealed record CocoAnnotation(
    [property: JsonRequired] long Id,
    [property: JsonRequired] long ImageId,
    [property: JsonRequired] int CategoryId,
    [property: JsonRequired] double[] Bbox,
    double? Area = null,
    int Iscrowd = 0,
    [property: JsonPropertyName("attributes")]
    [property: JsonConverter(typeof(RotationConverter))]
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
        double Rotation = 0,
    [property: JsonPropertyName("segmentation")]
    [property: JsonConverter(typeof(OutlineConverter))]
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
        bool HasOutline = false
)
{
    /// <summary>Whether <see cref="Bbox"/> is turned, so that another box counts.</summary>
    [JsonIgnore]
    public bool IsTurned =>
        !HasOutline
        && RotatedBox.IsTurned(Rotation)
        && Bbox is [_, _, > 0 and < double.PositiveInfinity, > 0 and < double.PositiveInfinity];

    /// <summary>Square pixels of the object; turning does not change them.</summary>
    [JsonIgnore]
    public double AreaOfObject => Area ?? Bbox[2] * Bbox[3];

    /// <summary>The box that counts: <see cref="Bbox"/>, or around it where it is turned, as far as it is inside of the picture.</summary>
    /// <param name="width">The picture's, in pixels; 0: not known.</param>
    /// <param name="height">The picture's, in pixels; 0: not known.</param>
    public double[] UprightBox(int width, int height) =>
        IsTurned ? RotatedBox.CutTo(RotatedBox.Enclosing(Bbox, Rotation), width, height) : Bbox;
}

/// <param name="Id">Unique among the categories; any number.</param>
/// <param name="Name">The class name.</param>
public sealed record CocoCategory(
    [property: JsonRequired] int Id,
    [property: JsonRequired] string Name
);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true
)]
[JsonSerializable(typeof(CocoDocument))]
internal sealed partial class CocoJson : JsonSerializerContext;

using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace AsffEdge.Detection;

/// <summary>
/// What a model file says about itself. It travels inside the ONNX file (<c>metadata_props</c>, key <see cref="MetadataKey"/>, JSON)
/// so that there is no sidecar to lose. In the file every key but <c>training</c> must be there; the defaults here are for those who write one.
/// </summary>
public sealed record ModelManifest
{
    /// <summary>The key in the ONNX file's <c>metadata_props</c>.</summary>
    public const string MetadataKey = "asff-edge.manifest";

    /// <summary>Version of this format that this code reads and writes.</summary>
    public const int CurrentFormat = 1;

    private static readonly Dictionary<string, DecoderKind> DecoderNames =
        Enum.GetValues<DecoderKind>().ToDictionary(kind => kind.ToString().ToLowerInvariant());

    // Memory for the maps of the largest size is set aside; this is 1 GiB.
    private const int LargestMap = 1 << 28;

    /// <summary>Version of this format.</summary>
    [JsonRequired]
    public int Format { get; init; } = CurrentFormat;

    /// <summary>The model's name, for example <c>pedestrian</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The model's version, for example <c>1.0.0</c>.</summary>
    public required string Version { get; init; }

    /// <summary>How the outputs are decoded: <c>yolov3</c> or <c>retinanet</c>.</summary>
    public required string Decoder { get; init; }

    /// <summary><see cref="Decoder"/> as a value.</summary>
    [JsonIgnore]
    public DecoderKind DecoderKind => DecoderNames[Decoder];

    /// <summary>Class names by class id.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>The heads, coarsest (level 0) first.</summary>
    public required IReadOnlyList<HeadManifest> Heads { get; init; }

    /// <summary>The graph's input and how pictures become it.</summary>
    public required InputManifest Input { get; init; }

    /// <summary>Recommended thresholds.</summary>
    public required ThresholdManifest Thresholds { get; init; }

    /// <summary>Summary of the training, free-form, for people and for lineage.</summary>
    public JsonObject? Training { get; init; }

    /// <summary>Reads a manifest and checks it.</summary>
    /// <exception cref="FormatException">The text is no manifest this code can use; the message names the key and what
    /// is allowed.</exception>
    public static ModelManifest Parse(string json)
    {
        ModelManifest manifest;
        try
        {
            manifest =
                JsonSerializer.Deserialize(json, ManifestJson.Default.ModelManifest)
                ?? throw new FormatException("the manifest is 'null'; expected a JSON object");
        }
        catch (Exception error) when (error is JsonException or ArgumentException)
        {
            throw new FormatException($"the manifest is not valid: {error.Message}", error);
        }

        manifest.Validate();
        return manifest;
    }

    /// <summary>The manifest as JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, ManifestJson.Default.ModelManifest);

    private void Validate()
    {
        Require(Format == CurrentFormat, $"format is {Format}; this version reads {CurrentFormat}");
        Require(
            DecoderNames.ContainsKey(Decoder),
            $"decoder is '{Decoder}'; allowed: {string.Join(", ", DecoderNames.Keys)}"
        );
        Require(
            Labels.Count is > 0 and <= 1000,
            $"labels has {Labels.Count} entries; allowed: 1 to 1000"
        );
        Require(
            Labels.All(label => !string.IsNullOrWhiteSpace(label)),
            "labels holds an empty name"
        );
        Require(Heads.Count is > 0 and <= 8, $"heads has {Heads.Count} entries; allowed: 1 to 8");
        Require(Heads.All(head => head is not null), "heads holds null");
        Require(
            Heads.DistinctBy(head => head.Output).Count() == Heads.Count,
            "heads names an output twice"
        );
        ValidateInput();
        foreach (HeadManifest head in Heads)
        {
            Require(
                head.Stride is >= 1 and <= 128,
                $"stride of head '{head.Output}' is {head.Stride}; allowed: 1 to 128"
            );
            Require(
                DecoderKind == DecoderKind.Retinanet || Input.SizeStep % head.Stride == 0,
                $"stride of head '{head.Output}' is {head.Stride}; allowed: what divides input.size_step, {Input.SizeStep}"
            );
            Require(
                head.Predictions is >= 1 and <= 64,
                $"predictions of head '{head.Output}' is {head.Predictions}; allowed: 1 to 64"
            );
            Require(
                DecoderKind == DecoderKind.Yolov3 || head.Bases.Count == head.Predictions,
                $"bases of head '{head.Output}' has {head.Bases.Count} entries; allowed: one for each of the {head.Predictions} predictions"
            );
            long side = (Input.MaxSize + head.Stride - 1) / head.Stride;
            long numbers = head.Predictions * (5L + Labels.Count) * side * side;
            Require(
                numbers <= LargestMap,
                $"head '{head.Output}' gives {numbers} numbers at size {Input.MaxSize}; allowed: up to {LargestMap}"
            );
            Require(
                head.Bases.All(shape =>
                    shape is { Length: 2 } && shape.All(side => side > 0 && float.IsFinite(side))
                ),
                $"bases of head '{head.Output}' must be pairs of numbers above 0"
            );
        }

        Require(
            Thresholds.Score is >= 0 and <= 1,
            $"thresholds.score is {Thresholds.Score}; allowed: 0 to 1"
        );
        Require(
            Thresholds.Nms is >= 0 and <= 1,
            $"thresholds.nms is {Thresholds.Nms}; allowed: 0 to 1"
        );
    }

    private void ValidateInput()
    {
        Require(
            Input.Mean.Count == 3 && Input.Std.Count == 3,
            "input.mean and input.std must hold 3 numbers each"
        );
        Require(Input.Mean.All(float.IsFinite), "input.mean must be finite");
        Require(
            Input.Std.All(value => value > 0 && float.IsFinite(value)),
            "input.std must be finite and above 0"
        );
        Require(
            Input.Color is "rgb" or "bgr",
            $"input.color is '{Input.Color}'; allowed: rgb, bgr"
        );
        Require(Input.Resize == "stretch", $"input.resize is '{Input.Resize}'; allowed: stretch");
        Require(
            Input.SizeStep > 0
                && Input.MinSize > 0
                && Input.MinSize <= Input.MaxSize
                && Input.MinSize % Input.SizeStep == 0
                && Input.MaxSize % Input.SizeStep == 0,
            "input.min_size, max_size and size_step must be positive, in order, and multiples of size_step"
        );
        Require(
            Input.MaxSize <= InputManifest.LargestSize,
            $"input.max_size is {Input.MaxSize}; allowed: up to {InputManifest.LargestSize}"
        );
        Require(
            Input.Allows(Input.DefaultSize),
            $"input.default_size is {Input.DefaultSize}; allowed: {Input.DescribeSizes()}"
        );
    }

    private static void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw new FormatException($"the manifest is not valid: {message}");
        }
    }
}

/// <summary>
/// One output of the graph, [N, channels, H, W], laid out as <see cref="HeadShape"/> says.
/// </summary>
/// <param name="Output">The output's name in the graph.</param>
/// <param name="Stride">Input pixels a cell.</param>
/// <param name="Predictions">Predictions a cell.</param>
/// <param name="Bases">Base shapes (width, height) in input pixels. YOLOv3: already added, as logarithms, to the outputs, so
/// informative only. RetinaNet: the anchors that the decoder begins with.</param>
public sealed record HeadManifest(
    string Output,
    int Stride,
    int Predictions,
    IReadOnlyList<float[]> Bases
);

/// <summary>
/// How a picture becomes the graph's input: resized to S×S, scaled to 0..1, minus mean, over std, NCHW float32.
/// </summary>
public sealed record InputManifest
{
    /// <summary>The input's name in the graph.</summary>
    public required string Name { get; init; }

    /// <summary>Channel order, <c>rgb</c> or <c>bgr</c>.</summary>
    [JsonRequired]
    public string Color { get; init; } = "rgb";

    /// <summary><c>stretch</c>: plain bilinear resize, the aspect ratio is not kept.</summary>
    [JsonRequired]
    public string Resize { get; init; } = "stretch";

    /// <summary>Subtracted after scaling to 0..1, in the order of <see cref="Color"/>.</summary>
    public required IReadOnlyList<float> Mean { get; init; }

    /// <summary>Divided by after subtracting the mean.</summary>
    public required IReadOnlyList<float> Std { get; init; }

    /// <summary>Smallest input size.</summary>
    [JsonRequired]
    public int MinSize { get; init; } = 320;

    /// <summary>Largest input size.</summary>
    [JsonRequired]
    public int MaxSize { get; init; } = 800;

    /// <summary>Sizes are multiples of this.</summary>
    [JsonRequired]
    public int SizeStep { get; init; } = 32;

    /// <summary>A good size to start with.</summary>
    [JsonRequired]
    public int DefaultSize { get; init; } = 416;

    /// <summary>No model may ask for more than this: memory for the largest size is set aside.</summary>
    internal const int LargestSize = 2048;

    /// <summary>Whether the model takes this input size.</summary>
    public bool Allows(int size) => size >= MinSize && size <= MaxSize && size % SizeStep == 0;

    /// <summary>The allowed sizes in words, for messages: <c>multiples of 32 from 320 to 800</c>.</summary>
    public string DescribeSizes() => $"multiples of {SizeStep} from {MinSize} to {MaxSize}";
}

/// <summary>Recommended thresholds, 0..1.</summary>
public sealed record ThresholdManifest(float Score, float Nms);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true
)]
[JsonSerializable(typeof(ModelManifest))]
internal sealed partial class ManifestJson : JsonSerializerContext;

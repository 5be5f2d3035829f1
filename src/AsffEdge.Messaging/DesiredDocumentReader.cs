using System.Text.Json;
using System.Text.Unicode;

namespace AsffEdge.Messaging;

/// <summary>
/// Reads <c>desired</c> documents and <c>profile.set</c> commands from anybody: everything is checked that can be checked without knowing
/// the agent, and nothing but a <see cref="DocumentRejectedException"/> comes out of bytes that are no good.
/// </summary>
public static class DesiredDocumentReader
{
    /// <summary>Largest document in bytes.</summary>
    public const int MaxBytes = 64 * 1024;

    /// <summary>Deepest nesting.</summary>
    public const int MaxDepth = 8;

    /// <summary>Smallest network input size in pixels.</summary>
    public const int MinSize = 320;

    /// <summary>Largest network input size in pixels.</summary>
    public const int MaxSize = 800;

    /// <summary>Sizes are multiples of this.</summary>
    public const int SizeStep = 32;

    /// <summary>What a size may be, for messages to people.</summary>
    public static readonly string AllowedSizes =
        $"multiples of {SizeStep} from {MinSize} to {MaxSize}";

    private const long MaxRev = (1L << 53) - 1; // what every JSON reader holds exactly
    private const int MaxEntries = 256;
    private const int LongestText = 256;

    private static readonly string[] DocumentKeys =
    [
        "v",
        "rev",
        "issued",
        "by",
        "profile",
        "cameras",
        "profiles",
        "policy",
    ];
    private static readonly string[] CommandKeys =
    [
        .. DocumentKeys,
        "response_topic",
        "correlation_id",
    ];
    private static readonly string[] CameraKeys = ["profile"];
    private static readonly string[] ProfileKeys =
    [
        "size",
        "score_threshold",
        "nms_threshold",
        "max_fps",
    ];
    private static readonly string[] PolicyKeys = ["settle_s", "min_fps", "rollback"];

    /// <summary>Reads the payload of <see cref="Topics.Desired"/>.</summary>
    /// <exception cref="DocumentRejectedException">It is not a document this version can apply.</exception>
    public static DesiredDocument Read(ReadOnlyMemory<byte> utf8) =>
        ReadCommand(utf8, DocumentKeys).Document;

    /// <summary>Reads the payload of the command <c>profile.set</c>.</summary>
    /// <exception cref="DocumentRejectedException">It is not a command this version can carry out.</exception>
    public static ProfileSetCommand ReadProfileSet(ReadOnlyMemory<byte> utf8) =>
        ReadCommand(utf8, CommandKeys);

    /// <summary>Whether <paramref name="size"/> may be a network input size at all; a model may allow less.</summary>
    public static bool IsSize(long size) =>
        size is >= MinSize and <= MaxSize && size % SizeStep == 0;

    private static ProfileSetCommand ReadCommand(ReadOnlyMemory<byte> utf8, string[] keys)
    {
        using JsonDocument json = Parse(utf8);
        (long? rev, string? responseTopic, string? correlationId) = Peek(json.RootElement);
        try
        {
            StrictObject root = StrictObject.Known(json.RootElement, "", keys);
            return new ProfileSetCommand(
                ReadDocument(root),
                root.String("response_topic", LongestText),
                root.String("correlation_id", LongestText)
            );
        }
        catch (DocumentRejectedException rejection)
        {
            throw new DocumentRejectedException(rejection.Code, rejection.Message)
            {
                Rev = rev,
                ResponseTopic = responseTopic,
                CorrelationId = correlationId,
            };
        }
    }

    private static JsonDocument Parse(ReadOnlyMemory<byte> utf8)
    {
        if (utf8.Length > MaxBytes)
        {
            throw StrictObject.Bad(
                $"the document has {utf8.Length} bytes; allowed: at most {MaxBytes}"
            );
        }

        if (!Utf8.IsValid(utf8.Span))
        {
            throw StrictObject.Bad("the document is not UTF-8");
        }

        try
        {
            return JsonDocument.Parse(utf8, new JsonDocumentOptions { MaxDepth = MaxDepth });
        }
        catch (JsonException error)
        {
            throw StrictObject.Bad(
                $"the document is not JSON of at most {MaxDepth} levels (line {error.LineNumber + 1}, byte {error.BytePositionInLine + 1})"
            );
        }
    }

    // So that a refusal can name the revision, and be answered, whatever else is wrong with the document.
    private static (long? Rev, string? ResponseTopic, string? CorrelationId) Peek(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            return default;
        }

        try
        {
            long? rev =
                root.TryGetProperty("rev"u8, out JsonElement value)
                && value.ValueKind == JsonValueKind.Number
                && value.TryGetInt64(out long number)
                && number is > 0 and <= MaxRev
                    ? number
                    : null;
            return (rev, PeekText(root, "response_topic"u8), PeekText(root, "correlation_id"u8));
        }
        catch (InvalidOperationException)
        {
            return default; // text that is no Unicode; the strict reader says so
        }
    }

    private static string? PeekText(JsonElement root, ReadOnlySpan<byte> key) =>
        root.TryGetProperty(key, out JsonElement value)
        && value.ValueKind == JsonValueKind.String
        && value.GetString() is { Length: <= LongestText } text
            ? text
            : null;

    private static DesiredDocument ReadDocument(StrictObject root)
    {
        return new DesiredDocument
        {
            V = (int)(root.Integer("v", 1, 1) ?? throw root.Missing("v")),
            Rev = root.Integer("rev", 1, MaxRev) ?? throw root.Missing("rev"),
            Issued = root.Time("issued"),
            By = root.String("by", LongestText),
            Profile = root.Id("profile") ?? throw root.Missing("profile"),
            Cameras = ReadEntries(root, "cameras", ReadCamera),
            Profiles = ReadEntries(root, "profiles", ReadProfile),
            Policy = ReadPolicy(root),
        };
    }

    private static Dictionary<string, T>? ReadEntries<T>(
        StrictObject root,
        string key,
        Func<JsonElement, string, T> read
    )
    {
        if (root.Find(key) is not { } element)
        {
            return null;
        }

        StrictObject entries = StrictObject.WithIds(element, root.Path(key), MaxEntries);
        return entries.Keys.ToDictionary(
            name => name,
            name => read(entries.Find(name)!.Value, entries.Path(name)),
            StringComparer.Ordinal
        );
    }

    private static DesiredCamera ReadCamera(JsonElement element, string path)
    {
        StrictObject camera = StrictObject.Known(element, path, CameraKeys);
        return new DesiredCamera(camera.Id("profile") ?? throw camera.Missing("profile"));
    }

    private static DesiredProfile ReadProfile(JsonElement element, string path)
    {
        StrictObject profile = StrictObject.Known(element, path, ProfileKeys);
        if (profile.Find("size") is not { } size)
        {
            throw profile.Missing("size");
        }

        // One code for every number that is no size, NaN's stand-ins and fractions among them.
        if (
            size.ValueKind == JsonValueKind.Number
            && !(size.TryGetInt64(out long pixels) && IsSize(pixels))
        )
        {
            throw new DocumentRejectedException(
                ResultCode.BadSize,
                $"{profile.At("size")} is {StrictObject.Kind(size)}; allowed: {AllowedSizes}"
            );
        }

        return new DesiredProfile(
            (int)profile.Integer("size", MinSize, MaxSize)!.Value,
            profile.Number("score_threshold", 0, 1),
            profile.Number("nms_threshold", 0, 1),
            profile.Number("max_fps", 0.01, 1000)
        );
    }

    private static DesiredPolicy? ReadPolicy(StrictObject root)
    {
        if (root.Find("policy") is not { } element)
        {
            return null;
        }

        StrictObject policy = StrictObject.Known(element, root.Path("policy"), PolicyKeys);
        return new DesiredPolicy(
            policy.Number("settle_s", 0, 3600),
            policy.Number("min_fps", 0, 1000),
            policy.Flag("rollback")
        );
    }
}

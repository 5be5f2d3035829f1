using System.Text.Json;

namespace AsffEdge.Messaging;

/// <summary>
/// Reads <c>desired</c> documents from anybody: everything is checked that can be checked without knowing
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

    /// <summary>Most cameras and most profiles of a document.</summary>
    internal const int MaxEntries = 256;

    /// <summary>Greatest memory limit in MiB.</summary>
    internal const double MostMemoryMb = 16 * 1024 * 1024;

    /// <summary>The keys of a document.</summary>
    internal static readonly string[] Keys =
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
    private static readonly string[] CameraKeys = ["profile"];
    private static readonly string[] ProfileKeys =
    [
        "size",
        "score_threshold",
        "nms_threshold",
        "max_fps",
    ];
    private static readonly string[] PolicyKeys =
    [
        "settle_s",
        "min_fps",
        "rollback",
        "max_memory_mb",
    ];

    /// <summary>Reads the payload of <see cref="Topics.Desired"/>.</summary>
    /// <exception cref="DocumentRejectedException">It is not a document this version can apply.</exception>
    public static DesiredDocument Read(ReadOnlyMemory<byte> utf8) =>
        StrictDocument.Read(utf8, Keys, ReadDocument);

    /// <summary>Whether <paramref name="size"/> may be a network input size at all; a model may allow less.</summary>
    public static bool IsSize(long size) =>
        size is >= MinSize and <= MaxSize && size % SizeStep == 0;

    /// <summary>Reads a document whose keys have been checked.</summary>
    internal static DesiredDocument ReadDocument(StrictObject root)
    {
        DesiredDocument document = new()
        {
            V = (int)(root.Integer("v", 1, 1) ?? throw root.Missing("v")),
            Rev = root.Integer("rev", 1, StrictDocument.MaxRev) ?? throw root.Missing("rev"),
            Issued = root.Time("issued"),
            By = root.String("by", StrictDocument.LongestText),
            Profile = root.Id("profile") ?? throw root.Missing("profile"),
            Cameras = ReadEntries(root, "cameras", ReadCamera),
            Profiles = ReadProfiles(root),
            Policy = ReadPolicy(root),
        };
        if (
            document.Profile == ReservedProfile.Inherit
            && (document.Cameras is { Count: > 0 } || document.Profiles is { Count: > 0 })
        )
        {
            throw StrictObject.Bad(
                $"'profile' is '{ReservedProfile.Inherit}', which asks for nothing; allowed with it: no 'cameras' and no 'profiles'"
            );
        }

        return document;
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
        string name = camera.Id("profile") ?? throw camera.Missing("profile");
        return name != ReservedProfile.Inherit
            ? new DesiredCamera(name)
            : throw StrictObject.Bad(
                $"{camera.At("profile")} is '{name}', which only the document's 'profile' can be"
            );
    }

    private static Dictionary<string, DesiredProfile>? ReadProfiles(StrictObject root)
    {
        Dictionary<string, DesiredProfile>? profiles = ReadEntries(root, "profiles", ReadProfile);
        return profiles?.Keys.FirstOrDefault(ReservedProfile.Is) is { } reserved
            ? throw StrictObject.Bad(
                $"'profiles.{reserved}' cannot be: the name '{reserved}' is reserved"
            )
            : profiles;
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
        )
        {
            MaxMemoryMb = policy.Number("max_memory_mb", 1, MostMemoryMb),
        };
    }
}

using System.Globalization;
using System.Text.RegularExpressions;

namespace AsffEdge.Trainer.Footage;

/// <summary>The names that entries of a pack may have: nothing else is read, so no name leads out of a folder.</summary>
internal static partial class PackNames
{
    public const string Manifest = "pack.json";
    public const string End = "end.json";
    public const string Document = "coco.json";
    public const int LargestManifest = 64 << 20;
    public const int LargestDocument = 256 << 20;
    public const int LargestPicture = 32 << 20;
    public const int LargestEnd = 4 << 10;

    private const string TimeFormat = "yyyy-MM-dd/HHmmss.fff";

    /// <summary>Whether this is the document of a day.</summary>
    public static bool IsDocument(string name) =>
        name.EndsWith($"/{Document}", StringComparison.Ordinal);

    /// <summary>The folder of a day, <c>camera/day</c>.</summary>
    public static string FolderOf(string name) => name[..name.LastIndexOf('/')];

    /// <summary>The camera of a valid name.</summary>
    public static string CameraOf(string name) =>
        name[..name.IndexOf('/', StringComparison.Ordinal)];

    /// <summary>The most bytes that an entry of this name may have; null where no entry may have it.</summary>
    public static int? LimitOf(string name) =>
        PictureName().IsMatch(name) && TryParseTime(name, out _) ? LargestPicture
        : DocumentName().IsMatch(name) && IsDay(name.Split('/')[1]) ? LargestDocument
        : null;

    /// <summary>The capture time that a picture's name says, to the millisecond.</summary>
    public static bool TryParseTime(string name, out DateTime time) =>
        DateTime.TryParseExact(
            Path.ChangeExtension(name[(name.IndexOf('/', StringComparison.Ordinal) + 1)..], null),
            TimeFormat,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out time
        );

    [GeneratedRegex(@"^[a-z0-9-]{1,48}\z")]
    public static partial Regex Identifier();

    [GeneratedRegex(@"^[0-9a-f]{64}\z")]
    public static partial Regex Sha256();

    [GeneratedRegex(@"^[a-z_]{1,32}\z")]
    public static partial Regex Policy();

    [GeneratedRegex(@"^[a-z0-9-]{1,48}/\d{4}-\d\d-\d\d/\d{6}\.\d{3}\.jpg\z")]
    private static partial Regex PictureName();

    [GeneratedRegex(@"^[a-z0-9-]{1,48}/\d{4}-\d\d-\d\d/coco\.json\z")]
    private static partial Regex DocumentName();

    private static bool IsDay(string day) =>
        DateTime.TryParseExact(
            day,
            "yyyy-MM-dd",
            CultureInfo.InvariantCulture,
            DateTimeStyles.None,
            out _
        );
}

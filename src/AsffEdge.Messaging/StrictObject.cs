using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace AsffEdge.Messaging;

/// <summary>
/// A JSON object in which every key must be known and every value of the right kind. Each way of being wrong ends in a
/// <see cref="DocumentRejectedException"/> that names the key by its path.
/// </summary>
internal sealed partial class StrictObject
{
    private const int LongestShown = 64;

    private readonly Dictionary<string, JsonElement> _members = new(StringComparer.Ordinal);
    private readonly string _path;

    private StrictObject(JsonElement element, string path)
    {
        _path = path;
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw Bad($"{Named(path)} is {Kind(element)}; expected an object");
        }

        foreach (JsonProperty member in element.EnumerateObject())
        {
            if (!_members.TryAdd(Text(() => member.Name, path), member.Value))
            {
                throw Bad($"{At(member.Name)} is there twice");
            }
        }
    }

    /// <summary>The keys, for objects whose keys are names.</summary>
    public IReadOnlyCollection<string> Keys => _members.Keys;

    /// <summary>An object with exactly known keys.</summary>
    public static StrictObject Known(
        JsonElement element,
        string path,
        IReadOnlyList<string> allowed
    )
    {
        StrictObject strict = new(element, path);
        foreach (string key in strict._members.Keys)
        {
            if (!allowed.Contains(key))
            {
                throw Bad($"{strict.At(key)} is unknown{NearestName.Hint(key, allowed)}");
            }
        }

        return strict;
    }

    /// <summary>An object whose keys are ids, at most <paramref name="most"/> of them.</summary>
    public static StrictObject WithIds(JsonElement element, string path, int most)
    {
        StrictObject strict = new(element, path);
        if (strict._members.Count > most)
        {
            throw Bad(
                $"{Named(path)} has {strict._members.Count} entries; allowed: at most {most}"
            );
        }

        foreach (string key in strict._members.Keys)
        {
            if (!Identifier.IsValid(key))
            {
                throw Bad($"{strict.At(key)} is no id; allowed: {Identifier.Allowed}");
            }
        }

        return strict;
    }

    /// <summary>The value of <paramref name="key"/>, or null when it is not there.</summary>
    public JsonElement? Find(string key) =>
        _members.TryGetValue(key, out JsonElement value) ? value : null;

    /// <summary>The path of <paramref name="key"/>, quoted for messages.</summary>
    public string At(string key) => Named(Path(key));

    /// <summary>The path of <paramref name="key"/>.</summary>
    public string Path(string key) => _path.Length == 0 ? Shown(key) : $"{_path}.{Shown(key)}";

    /// <summary>A whole number from <paramref name="least"/> to <paramref name="most"/>, or null when it is not there.</summary>
    public long? Integer(string key, long least, long most)
    {
        if (Find(key) is not { } value)
        {
            return null;
        }

        return
            value.ValueKind == JsonValueKind.Number
            && value.TryGetInt64(out long number)
            && number >= least
            && number <= most
            ? number
            : throw Bad(
                $"{At(key)} is {Kind(value)}; allowed: a whole number from {least} to {most}"
            );
    }

    /// <summary>A number, or null when it is not there.</summary>
    public double? Number(string key, double least, double most)
    {
        if (Find(key) is not { } value)
        {
            return null;
        }

        return
            value.ValueKind == JsonValueKind.Number
            && value.TryGetDouble(out double number)
            && number >= least
            && number <= most
            ? number
            : throw Bad(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{At(key)} is {Kind(value)}; allowed: a number from {least} to {most}"
                )
            );
    }

    /// <summary>True or false, or null when it is not there.</summary>
    public bool? Flag(string key) =>
        Find(key) switch
        {
            null => null,
            { ValueKind: JsonValueKind.True } => true,
            { ValueKind: JsonValueKind.False } => false,
            { } value => throw Bad($"{At(key)} is {Kind(value)}; allowed: true, false"),
        };

    /// <summary>Text of at most <paramref name="longest"/> characters, or null when it is not there.</summary>
    public string? String(string key, int longest)
    {
        if (Find(key) is not { } value)
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.String)
        {
            throw Bad($"{At(key)} is {Kind(value)}; expected text");
        }

        string text = Text(() => value.GetString()!, Path(key));
        return text.Length <= longest
            ? text
            : throw Bad($"{At(key)} has {text.Length} characters; allowed: at most {longest}");
    }

    /// <summary>An id, or null when it is not there.</summary>
    public string? Id(string key) =>
        String(key, int.MaxValue) is not { } text ? null
        : Identifier.IsValid(text) ? text
        : throw Bad($"{At(key)} is '{Shown(text)}'; allowed: {Identifier.Allowed}");

    /// <summary>So many lower-case hexadecimal digits, or null when it is not there.</summary>
    public string? Hex(string key, int digits) =>
        String(key, int.MaxValue) is not { } text ? null
        : text.Length == digits && text.All(char.IsAsciiHexDigitLower) ? text
        : throw Bad(
            $"{At(key)} is '{Shown(text)}'; allowed: {digits} lower-case hexadecimal digits"
        );

    /// <summary>A day, or null when it is not there.</summary>
    public string? Day(string key) =>
        String(key, int.MaxValue) is not { } text ? null
        : DayOfYear().Match(text) is { Success: true } match && match.Length == text.Length ? text
        : throw Bad($"{At(key)} is '{Shown(text)}'; allowed: a day (UTC) such as 2026-03-01");

    /// <summary>An RFC 3339 time, or null when it is not there.</summary>
    public DateTime? Time(string key) =>
        String(key, 64) is not { } text ? null
        : Timestamp.TryParse(text, out DateTime utc) ? utc
        : throw Bad(
            $"{At(key)} is '{Shown(text)}'; allowed: an RFC 3339 time such as 2026-11-23T05:00:00Z"
        );

    [GeneratedRegex(DayAttribute.Pattern)]
    private static partial Regex DayOfYear();

    /// <summary>The refusal for a key that must be there.</summary>
    public DocumentRejectedException Missing(string key) => Bad($"{At(key)} is missing");

    /// <summary>A refusal as <see cref="ResultCode.BadDocument"/>.</summary>
    public static DocumentRejectedException Bad(string detail) =>
        new(ResultCode.BadDocument, detail);

    private static string Named(string path) => path.Length == 0 ? "the document" : $"'{path}'";

    /// <summary>What a value is, for messages.</summary>
    public static string Kind(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Number => Shown(value.GetRawText()),
            JsonValueKind.Object => "an object",
            JsonValueKind.Array => "an array",
            JsonValueKind.String => "text",
            JsonValueKind.True => "true",
            JsonValueKind.False => "false",
            _ => "null",
        };

    // What strangers send ends up in logs and in 'reported': keep it short and printable.
    private static string Shown(string text)
    {
        string shown = text.Length <= LongestShown ? text : text[..LongestShown] + "…";
        return shown.Any(char.IsControl)
            ? string.Concat(shown.Select(character => char.IsControl(character) ? '?' : character))
            : shown;
    }

    private static string Text(Func<string> read, string path)
    {
        try
        {
            return read();
        }
        catch (InvalidOperationException)
        {
            // A lone surrogate written as \uD800 passes the parser and cannot become a string.
            throw Bad($"{Named(path)} holds text that is no Unicode");
        }
    }
}

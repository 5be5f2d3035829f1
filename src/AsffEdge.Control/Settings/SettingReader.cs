using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using AsffEdge.Messaging;

namespace AsffEdge.Control.Settings;

/// <summary>
/// Reads one section: every key that is asked for is known, what is left over is unknown. Problems are collected, not thrown, so that a
/// person sees all of them at once; a value that is no good reads as its default.
/// </summary>
public sealed partial class SettingReader
{
    private static readonly string[] Flags = ["true", "false"];

    private readonly SettingMap _map;
    private readonly string _path;
    private readonly List<string> _problems;
    private readonly List<string> _known = [];

    private SettingReader(SettingMap map, string path, List<string> problems)
    {
        _map = map;
        _path = path;
        _problems = problems;
    }

    /// <summary>Reads the whole tree with <paramref name="read"/>.</summary>
    internal static T Read<T>(
        SettingMap root,
        List<string> problems,
        Func<SettingReader, T> read
    ) => ReadMap(root, "", problems, read);

    /// <summary>Text, or <paramref name="fallback"/>.</summary>
    public string Text(
        string key,
        string fallback,
        Func<string, bool>? isAllowed = null,
        string allowed = ""
    ) => OptionalText(key, isAllowed, allowed) ?? fallback;

    /// <summary>Text that must be there.</summary>
    public string RequiredText(
        string key,
        Func<string, bool>? isAllowed = null,
        string allowed = "text"
    )
    {
        if (OptionalText(key, isAllowed, allowed) is { } text)
        {
            return text;
        }

        if (Find(key) is null or SettingValue { Text: null })
        {
            Report(_map.Origin, key, $"is missing; expected {allowed}");
        }

        return "";
    }

    /// <summary>Text, or null.</summary>
    public string? OptionalText(
        string key,
        Func<string, bool>? isAllowed = null,
        string allowed = ""
    )
    {
        if (Value(key) is not { } value)
        {
            return null;
        }

        if (isAllowed is null || isAllowed(value.Text!))
        {
            return value.Text;
        }

        Report(value.Origin, key, $"is '{Secrets.MaskAddress(value.Text!)}'; allowed: {allowed}");
        return null;
    }

    /// <summary>One of <paramref name="choices"/>.</summary>
    [return: NotNullIfNotNull(nameof(fallback))]
    public string? Choice(string key, string? fallback, IReadOnlyCollection<string> choices)
    {
        if (Value(key) is not { } value || choices.Contains(value.Text))
        {
            return Value(key)?.Text ?? fallback;
        }

        Report(
            value.Origin,
            key,
            $"is '{Secrets.MaskAddress(value.Text!)}'{NearestName.Hint(value.Text!, choices)}"
        );
        return fallback;
    }

    /// <summary>True or false.</summary>
    public bool Flag(string key, bool fallback) =>
        Choice(key, fallback ? "true" : "false", Flags) == "true";

    /// <summary>A whole number from <paramref name="least"/> to <paramref name="most"/>.</summary>
    public int WholeNumber(string key, int fallback, int least, int most) =>
        (int)(
            Number(
                key,
                $"a whole number from {least} to {most}",
                n => n >= least && n <= most && n == Math.Floor(n)
            ) ?? fallback
        );

    /// <summary>A number from <paramref name="least"/> to <paramref name="most"/>, or null.</summary>
    public double? OptionalNumber(string key, double least, double most) =>
        Number(
            key,
            string.Create(CultureInfo.InvariantCulture, $"a number from {least} to {most}"),
            number => number >= least && number <= most
        );

    /// <summary>A number for which <paramref name="isAllowed"/> holds, or null.</summary>
    public double? Number(string key, string allowed, Func<double, bool> isAllowed)
    {
        if (Value(key) is not { } value)
        {
            return null;
        }

        bool isNumber = double.TryParse(
            value.Text,
            NumberStyles.Float,
            CultureInfo.InvariantCulture,
            out double number
        );
        if (isNumber && double.IsFinite(number) && isAllowed(number))
        {
            return number;
        }

        Report(value.Origin, key, $"is '{Secrets.MaskAddress(value.Text!)}'; allowed: {allowed}");
        return null;
    }

    /// <summary>A path, made absolute: relative to the file's folder in the file, to the current folder elsewhere; or null.</summary>
    public string? OptionalPath(string key) =>
        Value(key) is { Text.Length: > 0 } value
            ? Path.GetFullPath(value.Text, value.Origin.Directory)
            : null;

    /// <summary>The path of a file that exists, or null where none is given.</summary>
    public string? OptionalFile(string key)
    {
        string? path = OptionalPath(key);
        if (path is not null && !File.Exists(path))
        {
            Report(Value(key)!.Origin, key, $"is '{path}', and there is no such file");
        }

        return path;
    }

    /// <summary>Several paths, made absolute as <see cref="OptionalPath"/> does; none where the key is not there.</summary>
    public IReadOnlyList<string> Paths(string key)
    {
        string folder = OriginOf(key).Directory;
        return
        [
            .. Texts(key, [], path => path.Length > 0, "paths of files")
                .Select(path => Path.GetFullPath(path, folder)),
        ];
    }

    /// <summary>Several texts; in the environment and on the command line separated by commas.</summary>
    public IReadOnlyList<string> Texts(
        string key,
        IReadOnlyList<string> fallback,
        Func<string, bool> isAllowed,
        string allowed
    )
    {
        IEnumerable<SettingNode> nodes;
        switch (Find(key))
        {
            case null or SettingValue { Text: null }:
                return fallback;
            case SettingList list:
                nodes = list.Items;
                break;
            case SettingValue { Text: { } text, Origin: { Layer: not SettingLayer.File } origin }:
                nodes = text.Split(
                        ',',
                        StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries
                    )
                    .Select(part => new SettingValue(origin, part));
                break;
            case { } other:
                Report(
                    other.Origin,
                    key,
                    $"must be a list such as [a, b]; allowed in it: {allowed}"
                );
                return fallback;
        }

        List<string> texts = [];
        bool isGood = true;
        foreach (SettingNode node in nodes)
        {
            if (node is SettingValue { Text: { } text } && isAllowed(text))
            {
                texts.Add(text);
            }
            else
            {
                isGood = false;
                Report(
                    node.Origin,
                    key,
                    $"holds '{Secrets.MaskAddress((node as SettingValue)?.Text ?? "")}'; allowed in it: {allowed}"
                );
            }
        }

        return isGood ? texts : fallback;
    }

    /// <summary>Whether <paramref name="key"/> is there.</summary>
    public bool Has(string key) => Find(key) is not (null or SettingValue { Text: null });

    /// <summary>The origin of <paramref name="key"/>'s value, or of the section when it is not there.</summary>
    public SettingOrigin OriginOf(string key) => Find(key)?.Origin ?? _map.Origin;

    /// <summary>Adds a problem with <paramref name="key"/> of this section.</summary>
    public void Report(string key, string problem) => Report(OriginOf(key), key, problem);

    private SettingNode? Find(string key)
    {
        if (!_known.Contains(key))
        {
            _known.Add(key);
        }

        return _map.Entries.TryGetValue(key, out SettingEntry? entry) ? entry.Value : null;
    }

    private SettingValue? Value(string key)
    {
        SettingNode? node = Find(key);
        if (node is null or SettingValue)
        {
            return node is SettingValue { Text: not null } value ? value : null;
        }

        Report(node.Origin, key, "must be a single value");
        return null;
    }

    private string Full(string key) => _path.Length == 0 ? key : $"{_path}.{key}";

    private void Report(SettingOrigin origin, string key, string problem)
    {
        string line = $"{origin.Place}: {Full(key)} {problem}";
        if (!_problems.Contains(line))
        {
            _problems.Add(line);
        }
    }
}

using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace AsffEdge.Control.Settings;

/// <summary>Reads a YAML file into <see cref="SettingNode"/>s that remember their lines.</summary>
internal sealed class YamlSettings
{
    private const int DeepestNesting = 16;

    private readonly Parser _parser;
    private readonly string _file;
    private readonly string _directory;
    private readonly List<string> _problems;

    private YamlSettings(TextReader text, string file, string directory, List<string> problems)
    {
        _parser = new Parser(text);
        _file = file;
        _directory = directory;
        _problems = problems;
    }

    /// <summary>The file's settings; what is wrong with it as YAML goes to <paramref name="problems"/>.</summary>
    public static SettingMap Read(string path, List<string> problems)
    {
        string file = Path.GetFileName(path);
        string directory = Path.GetDirectoryName(Path.GetFullPath(path))!;
        SettingMap empty = new(new SettingOrigin(file, directory, SettingLayer.File));
        YamlSettings? yaml = null;
        try
        {
            using StreamReader text = new(path);
            yaml = new YamlSettings(text, file, directory, problems);
            return yaml.ReadDocument() ?? empty;
        }
        catch (YamlException error)
        {
            problems.Add($"{file}:{error.Start.Line}: not valid YAML: {error.Message}");
        }
        catch (Exception error)
            when (error is InvalidOperationException or ArgumentException or FormatException)
        {
            // The scanner of YamlDotNet throws these for some damaged files, without saying where.
            problems.Add(
                $"{file}:{yaml?._parser.Current?.Start.Line ?? 1}: not valid YAML at or after this line"
            );
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            problems.Add($"{path}: cannot be read: {error.Message}");
        }

        return empty;
    }

    private SettingMap? ReadDocument()
    {
        _parser.Consume<StreamStart>();
        if (!_parser.TryConsume<DocumentStart>(out _))
        {
            return null;
        }

        SettingNode root = ReadNode(0);
        _parser.Consume<DocumentEnd>();
        if (!_parser.Accept<StreamEnd>(out _))
        {
            _problems.Add(
                $"{_file}:{_parser.Current!.Start.Line}: a second document; allowed: one"
            );
        }

        if (root is SettingMap map)
        {
            return map;
        }

        if (root is not SettingValue { Text: null })
        {
            _problems.Add($"{root.Origin.Place}: expected keys and values at the top level");
        }

        return null;
    }

    private SettingNode ReadNode(int depth)
    {
        SettingOrigin origin = Here();
        if (depth > DeepestNesting)
        {
            throw new YamlException(
                _parser.Current!.Start,
                _parser.Current.End,
                "nested too deeply"
            );
        }

        if (_parser.TryConsume<Scalar>(out Scalar? scalar))
        {
            bool isNull = scalar.Style == ScalarStyle.Plain && scalar.Value is "" or "~" or "null";
            return new SettingValue(origin, isNull ? null : scalar.Value);
        }

        if (_parser.TryConsume<SequenceStart>(out _))
        {
            SettingList list = new(origin);
            while (!_parser.TryConsume<SequenceEnd>(out _))
            {
                list.Items.Add(ReadNode(depth + 1));
            }

            return list;
        }

        if (_parser.TryConsume<MappingStart>(out _))
        {
            SettingMap map = new(origin);
            while (!_parser.TryConsume<MappingEnd>(out _))
            {
                ReadEntry(map, depth);
            }

            return map;
        }

        ParsingEvent other = _parser.Current!;
        throw new YamlException(other.Start, other.End, "aliases are not supported here");
    }

    private void ReadEntry(SettingMap map, int depth)
    {
        SettingOrigin origin = Here();
        if (!_parser.TryConsume<Scalar>(out Scalar? key))
        {
            throw new YamlException(
                _parser.Current!.Start,
                _parser.Current.End,
                "a key must be plain text"
            );
        }

        SettingNode value = ReadNode(depth + 1);
        if (!map.Entries.TryAdd(key.Value, new SettingEntry(origin, value)))
        {
            _problems.Add(
                $"{origin.Place}: '{key.Value}' is there twice; the first is at {map.Entries[key.Value].KeyOrigin.Place}"
            );
        }
    }

    private SettingOrigin Here()
    {
        // Accept moves to the next event without consuming it, so that Current is what comes next.
        _parser.Accept<ParsingEvent>(out _);
        return new SettingOrigin(
            $"{_file}:{_parser.Current!.Start.Line}",
            _directory,
            SettingLayer.File
        );
    }
}

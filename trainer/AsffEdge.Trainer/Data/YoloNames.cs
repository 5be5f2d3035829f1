using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace AsffEdge.Trainer.Data;

/// <summary>The class names of a data set in YOLO's format, which its text files only have numbers for.</summary>
internal static class YoloNames
{
    /// <summary>One name a line.</summary>
    public const string List = "classes.txt";

    /// <summary>The files that may hold them, for messages.</summary>
    public const string Files = $"{Yaml} with 'names', or {List},";

    private const string Yaml = "data.yaml";

    /// <summary>Finds the names beside the labels or in one of the two folders above them, nearest first; null where there are none.</summary>
    /// <exception cref="InvalidDatasetException">The file cannot be read.</exception>
    public static (string Source, IReadOnlyList<string> Names)? Find(string folder)
    {
        string? place = folder;
        for (int up = 0; up < 3 && place is not null; up++)
        {
            string yaml = Path.Combine(place, Yaml);
            string list = Path.Combine(place, List);
            if (File.Exists(yaml))
            {
                return (yaml, ReadYaml(yaml));
            }

            if (File.Exists(list))
            {
                string[] lines = File.ReadAllLines(list);
                return (
                    list,
                    [.. lines.Select(name => name.Trim()).Where(name => name.Length > 0)]
                );
            }

            place = Path.GetDirectoryName(place);
        }

        return null;
    }

    private static IReadOnlyList<string> ReadYaml(string file)
    {
        var stream = new YamlStream();
        try
        {
            using StreamReader reader = File.OpenText(file);
            stream.Load(reader);
        }
        catch (YamlException error)
        {
            throw new InvalidDatasetException(
                $"{file}:{error.Start.Line}: cannot be read as YAML ({error.Message})",
                error
            );
        }

        YamlNode? names =
            stream.Documents.Count > 0
            && stream.Documents[0].RootNode is YamlMappingNode root
            && root.Children.TryGetValue(new YamlScalarNode("names"), out YamlNode? node)
                ? node
                : null;
        return names switch
        {
            YamlSequenceNode list => [.. list.Select(one => Text(file, one))],
            YamlMappingNode map => Numbered(file, map),
            _ => throw new InvalidDatasetException(
                $"{file}{(names is null ? "" : $":{names.Start.Line}")}: 'names' must be there and hold the class names, as a list or by number"
            ),
        };
    }

    private static IReadOnlyList<string> Numbered(string file, YamlMappingNode map)
    {
        string?[] names = new string?[map.Children.Count];
        foreach ((YamlNode key, YamlNode value) in map.Children)
        {
            if (!int.TryParse(Text(file, key), out int number) || (uint)number >= names.Length)
            {
                throw new InvalidDatasetException(
                    $"{file}:{key.Start.Line}: '{key}' is no class number; allowed: 0 to {names.Length - 1}, each once"
                );
            }

            names[number] = Text(file, value);
        }

        return [.. names.Select(name => name ?? "")];
    }

    private static string Text(string file, YamlNode node) =>
        node is YamlScalarNode { Value: { } text }
            ? text
            : throw new InvalidDatasetException(
                $"{file}:{node.Start.Line}: expected a name or a number"
            );
}

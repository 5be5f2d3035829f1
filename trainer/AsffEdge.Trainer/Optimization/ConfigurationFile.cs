using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace AsffEdge.Trainer.Optimization;

/// <summary>
/// A YAML file together with those it extends. With <c>extends: other.yaml</c> (relative to the file) a file takes over all keys of the
/// other and states only what differs: maps are merged key by key, everything else replaces what it meets, and a key without value
/// counts as left out by both. Every value remembers the file and line that it came from.
/// </summary>
internal sealed class ConfigurationFile
{
    private const string ExtendsKey = "extends";
    private readonly YamlMappingNode _root;
    private readonly Dictionary<YamlNode, string> _files;

    private ConfigurationFile(YamlMappingNode root, Dictionary<YamlNode, string> files)
    {
        _root = root;
        _files = files;
    }

    /// <summary>Reads a file and what it extends.</summary>
    /// <exception cref="ConfigurationException">A file is missing, is no YAML map, or extends itself; the message names file and line.</exception>
    public static ConfigurationFile Read(string path)
    {
        // By reference: YAML nodes compare by value, and equal values of two files must stay apart.
        var files = new Dictionary<YamlNode, string>(ReferenceEqualityComparer.Instance);
        YamlMappingNode root = Load(path, [], files);
        LeaveOutEmpty(root, files);
        return new ConfigurationFile(root, files);
    }

    /// <summary>The file that holds the value under <paramref name="keys"/>; null where no file does.</summary>
    public string? SourceOf(params ReadOnlySpan<string> keys)
    {
        YamlNode node = _root;
        foreach (string key in keys)
        {
            if (
                node is not YamlMappingNode map
                || !map.Children.TryGetValue(new YamlScalarNode(key), out YamlNode? child)
            )
            {
                return null;
            }

            node = child;
        }

        return _files[node];
    }

    /// <summary>The merged document for a deserializer.</summary>
    public ConfigurationParser CreateParser() => new(_root, _files);

    private static YamlMappingNode Load(
        string path,
        IReadOnlyList<string> extending,
        Dictionary<YamlNode, string> files
    )
    {
        YamlMappingNode own = LoadOne(path, files);
        var name = new YamlScalarNode(ExtendsKey);
        if (!own.Children.TryGetValue(name, out YamlNode? value))
        {
            return own;
        }

        string where = $"{path}:{value.Start.Line}";
        if (value is not YamlScalarNode { Value: { Length: > 0 } other })
        {
            throw new ConfigurationException($"{where}: {ExtendsKey} must name one file");
        }

        string basis = Path.GetFullPath(
            Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, other)
        );
        string[] chain = [.. extending, Path.GetFullPath(path)];
        if (chain.Contains(basis))
        {
            throw new ConfigurationException(
                $"{where}: {ExtendsKey} goes in a circle: {string.Join(" → ", chain.Append(basis).Select(Path.GetFileName))}"
            );
        }

        if (!File.Exists(basis))
        {
            throw new ConfigurationException(
                $"{where}: {ExtendsKey} names {other}, which does not exist ({basis})"
            );
        }

        return Merge(Load(basis, chain, files), own, path, files);
    }

    private static YamlMappingNode LoadOne(string path, Dictionary<YamlNode, string> files)
    {
        YamlNode root = new YamlMappingNode();
        try
        {
            using StreamReader reader = File.OpenText(path);
            var stream = new YamlStream();
            stream.Load(reader);
            if (stream.Documents.Count > 0)
            {
                root = stream.Documents[0].RootNode;
            }

            foreach (YamlNode node in root.AllNodes)
            {
                files[node] = path;
            }
        }
        catch (YamlException error)
        {
            throw new ConfigurationException(
                $"{path}:{error.Start.Line}: {error.InnerException?.Message ?? error.Message}",
                error
            );
        }
        catch (InvalidOperationException error)
        {
            // The YAML scanner's answer to some broken files, without a place.
            throw new ConfigurationException($"{path}: this is no YAML file", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException($"{path}: {error.Message}", error);
        }

        return root as YamlMappingNode
            ?? throw new ConfigurationException(
                $"{path}: no training configuration; it must be a YAML map of keys"
            );
    }

    private static YamlMappingNode Merge(
        YamlMappingNode basis,
        YamlMappingNode own,
        string path,
        Dictionary<YamlNode, string> files
    )
    {
        var merged = new YamlMappingNode();
        files[merged] = path;
        foreach ((YamlNode key, YamlNode value) in basis.Children)
        {
            if (!own.Children.ContainsKey(key))
            {
                merged.Add(key, value);
            }
        }

        foreach ((YamlNode key, YamlNode value) in own.Children)
        {
            if (IsEmpty(value))
            {
                continue;
            }

            merged.Add(
                key,
                value is YamlMappingNode ownMap
                && basis.Children.TryGetValue(key, out YamlNode? basisValue)
                && basisValue is YamlMappingNode basisMap
                    ? Merge(basisMap, ownMap, path, files)
                    : value
            );
        }

        return merged;
    }

    private static void LeaveOutEmpty(YamlNode node, Dictionary<YamlNode, string> files)
    {
        if (node is YamlMappingNode map)
        {
            foreach ((YamlNode key, YamlNode value) in map.Children.ToArray())
            {
                if (IsEmpty(value))
                {
                    map.Children.Remove(key);
                }
                else
                {
                    LeaveOutEmpty(value, files);
                }
            }
        }
        else if (node is YamlSequenceNode list)
        {
            foreach (YamlNode value in list.Children)
            {
                if (IsEmpty(value))
                {
                    throw new ConfigurationException(
                        $"{files[value]}:{value.Start.Line}: an entry of the list is empty"
                    );
                }

                LeaveOutEmpty(value, files);
            }
        }
    }

    private static bool IsEmpty(YamlNode node) =>
        node
            is YamlScalarNode
            {
                Style: ScalarStyle.Plain,
                Value: null or "" or "~" or "null" or "Null" or "NULL"
            };
}

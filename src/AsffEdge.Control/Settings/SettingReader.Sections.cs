using AsffEdge.Messaging;

namespace AsffEdge.Control.Settings;

/// <content>Sections, and lists and maps of them.</content>
public sealed partial class SettingReader
{
    /// <summary>A section of its own; one that is not there reads as its defaults.</summary>
    public T Section<T>(string key, Func<SettingReader, T> read) =>
        ReadMap(MapOf(key), Full(key), _problems, read);

    /// <summary>Sections by name; null when the key is not there.</summary>
    public IReadOnlyDictionary<string, T>? Named<T>(string key, Func<SettingReader, T> read)
    {
        if (Find(key) is null or SettingValue { Text: null })
        {
            return null;
        }

        Dictionary<string, T> named = new(StringComparer.Ordinal);
        foreach ((string name, SettingEntry entry) in MapOf(key).Entries)
        {
            if (!Identifier.IsValid(name))
            {
                Report(
                    entry.KeyOrigin,
                    $"{key}.{name}",
                    $"is no name; allowed: {Identifier.Allowed}"
                );
            }

            named[name] = ReadMap(
                AsMap(entry.Value, $"{key}.{name}"),
                Full($"{key}.{name}"),
                _problems,
                read
            );
        }

        return named;
    }

    /// <summary>One of <paramref name="choices"/> by names that are no keys of their own, in the order they were written; those that are no good are left out.</summary>
    public IReadOnlyDictionary<string, string> Choices(
        string key,
        Func<string, bool> isName,
        string allowedNames,
        IReadOnlyCollection<string> choices
    )
    {
        SettingMap map = MapOf(key);
        return ReadMap(map, Full(key), _problems, ReadChoices);

        Dictionary<string, string> ReadChoices(SettingReader reader)
        {
            Dictionary<string, string> chosen = new(StringComparer.Ordinal);
            foreach ((string name, SettingEntry entry) in map.Entries)
            {
                string? choice = reader.Choice(name, null, choices);
                if (!isName(name))
                {
                    reader.Report(
                        entry.KeyOrigin,
                        name,
                        $"is named wrong; allowed: {allowedNames}"
                    );
                }
                else if (choice is null && entry.Value is SettingValue { Text: null })
                {
                    reader.Report(
                        entry.KeyOrigin,
                        name,
                        $"is missing; allowed: {string.Join(", ", choices)}"
                    );
                }
                else if (choice is not null)
                {
                    chosen[name] = choice;
                }
            }

            return chosen;
        }
    }

    /// <summary>A list of sections.</summary>
    public IReadOnlyList<T> List<T>(string key, Func<SettingReader, T> read)
    {
        SettingNode? node = Find(key);
        if (node is null or SettingValue { Text: null })
        {
            return [];
        }

        if (node is not SettingList list)
        {
            Report(node.Origin, key, "must be a list (entries that start with '- ')");
            return [];
        }

        return
        [
            .. list.Items.Select(
                (item, index) =>
                    ReadMap(AsMap(item, $"{key}.{index}"), Full($"{key}.{index}"), _problems, read)
            ),
        ];
    }

    private static T ReadMap<T>(
        SettingMap map,
        string path,
        List<string> problems,
        Func<SettingReader, T> read
    )
    {
        SettingReader reader = new(map, path, problems);
        T options = read(reader);
        foreach ((string key, SettingEntry entry) in map.Entries)
        {
            if (!reader._known.Contains(key))
            {
                reader.Report(
                    entry.KeyOrigin,
                    key,
                    $"is unknown{NearestName.Hint(key, reader._known)}"
                );
            }
        }

        return options;
    }

    private SettingMap MapOf(string key) =>
        Find(key) is { } node ? AsMap(node, key) : new SettingMap(_map.Origin);

    private SettingMap AsMap(SettingNode node, string key)
    {
        if (node is SettingMap map)
        {
            return map;
        }

        if (node is not SettingValue { Text: null })
        {
            Report(node.Origin, key, "must be a section (keys and values, indented)");
        }

        return new SettingMap(node.Origin);
    }
}

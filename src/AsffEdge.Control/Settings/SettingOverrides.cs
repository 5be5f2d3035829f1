using System.Globalization;

namespace AsffEdge.Control.Settings;

/// <summary>Lays the environment and the command line over the file's settings.</summary>
internal static class SettingOverrides
{
    /// <summary>Applies <c>PREFIX__SECTION__KEY=value</c>.</summary>
    public static void ApplyEnvironment(
        SettingMap root,
        IReadOnlyDictionary<string, string> environment,
        string prefix,
        List<string> problems
    )
    {
        IEnumerable<KeyValuePair<string, string>> settings = environment
            .Where(variable => variable.Key.StartsWith(prefix, StringComparison.Ordinal))
            .OrderBy(variable => variable.Key, StringComparer.Ordinal);
        foreach ((string name, string value) in settings)
        {
            // Settings are lower case and variables, by custom, upper case.
#pragma warning disable CA1308
            string[] path = name[prefix.Length..].ToLowerInvariant().Split("__");
#pragma warning restore CA1308
            SettingOrigin origin = new(
                $"environment variable {name}",
                Directory.GetCurrentDirectory(),
                SettingLayer.Environment
            );
            Apply(root, path, new SettingValue(origin, value), problems);
        }
    }

    /// <summary>Reads <c>section.key=value</c> as it follows <c>--set</c>.</summary>
    public static IReadOnlyList<SettingOverride> Parse(
        IEnumerable<string> settings,
        List<string> problems
    )
    {
        List<SettingOverride> overrides = [];
        foreach (string setting in settings)
        {
            int equals = setting.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                problems.Add(
                    $"--set {setting}: expected key=value with the key's full path, for example --set mqtt.host=broker.local"
                );
                continue;
            }

            string key = setting[..equals];
            overrides.Add(new SettingOverride($"--set {key}", key, setting[(equals + 1)..]));
        }

        return overrides;
    }

    /// <summary>Applies settings of the command line.</summary>
    public static void Apply(
        SettingMap root,
        IEnumerable<SettingOverride> overrides,
        List<string> problems
    )
    {
        foreach (SettingOverride setting in overrides)
        {
            SettingOrigin origin = new(
                setting.Place,
                Directory.GetCurrentDirectory(),
                SettingLayer.CommandLine
            );
            Apply(root, setting.Key.Split('.'), new SettingValue(origin, setting.Value), problems);
        }
    }

    private static void Apply(
        SettingMap root,
        string[] path,
        SettingValue value,
        List<string> problems
    )
    {
        SettingNode node = root;
        for (int level = 0; level < path.Length; level++)
        {
            bool last = level == path.Length - 1;
            if (node is SettingMap map)
            {
                SettingNode? child = map.Entries.TryGetValue(path[level], out SettingEntry? entry)
                    ? entry.Value
                    : null;
                if (last || child is null or SettingValue)
                {
                    child = last ? value : new SettingMap(value.Origin);
                    map.Entries[path[level]] = new SettingEntry(value.Origin, child);
                }

                node = child;
            }
            else if (node is SettingList list)
            {
                if (
                    !int.TryParse(
                        path[level],
                        NumberStyles.None,
                        CultureInfo.InvariantCulture,
                        out int index
                    )
                    || index > list.Items.Count
                )
                {
                    problems.Add(
                        $"{value.Origin.Place}: '{path[level]}' is no entry of '{string.Join('.', path[..level])}'; allowed: 0 to {list.Items.Count}"
                    );
                    return;
                }

                if (index == list.Items.Count)
                {
                    list.Items.Add(last ? value : new SettingMap(value.Origin));
                }
                else if (last || list.Items[index] is SettingValue)
                {
                    list.Items[index] = last ? value : new SettingMap(value.Origin);
                }

                node = list.Items[index];
            }
        }
    }
}

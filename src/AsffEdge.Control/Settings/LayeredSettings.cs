namespace AsffEdge.Control.Settings;

/// <summary>A program's settings: a YAML file, over it the environment (<c>PREFIX__SECTION__KEY</c>), over that the command line.</summary>
public static class LayeredSettings
{
    /// <summary>Reads the three layers into options.</summary>
    /// <param name="path">The YAML file; null: there is none.</param>
    /// <param name="environment">The variables of the process.</param>
    /// <param name="environmentPrefix">Start of every variable that is a setting, with the two underscores.</param>
    /// <param name="overrides">Settings of the command line, <c>section.key=value</c>.</param>
    /// <param name="read">Reads the root section.</param>
    /// <exception cref="ConfigurationException">They cannot be used; the message lists every problem.</exception>
    public static T Read<T>(
        string? path,
        IReadOnlyDictionary<string, string> environment,
        string environmentPrefix,
        IEnumerable<string> overrides,
        Func<SettingReader, T> read
    )
    {
        List<string> problems = [];
        IReadOnlyList<SettingOverride> parsed = SettingOverrides.Parse(overrides, problems);
        return Read(path, environment, environmentPrefix, parsed, read, problems);
    }

    /// <summary>Reads the three layers into options.</summary>
    /// <param name="path">The YAML file; null: there is none.</param>
    /// <param name="environment">The variables of the process.</param>
    /// <param name="environmentPrefix">Start of every variable that is a setting, with the two underscores.</param>
    /// <param name="overrides">Settings that options of the command line make.</param>
    /// <param name="read">Reads the root section.</param>
    /// <exception cref="ConfigurationException">They cannot be used; the message lists every problem.</exception>
    public static T Read<T>(
        string? path,
        IReadOnlyDictionary<string, string> environment,
        string environmentPrefix,
        IEnumerable<SettingOverride> overrides,
        Func<SettingReader, T> read
    ) => Read(path, environment, environmentPrefix, overrides, read, []);

    /// <summary>The variables of this process.</summary>
    public static IReadOnlyDictionary<string, string> ProcessEnvironment() =>
        Environment
            .GetEnvironmentVariables()
            .Cast<System.Collections.DictionaryEntry>()
            .ToDictionary(
                variable => (string)variable.Key,
                variable => (string?)variable.Value ?? "",
                StringComparer.Ordinal
            );

    private static T Read<T>(
        string? path,
        IReadOnlyDictionary<string, string> environment,
        string environmentPrefix,
        IEnumerable<SettingOverride> overrides,
        Func<SettingReader, T> read,
        List<string> problems
    )
    {
        List<string> unreadable = [];
        SettingMap root = path is null
            ? new SettingMap(
                new SettingOrigin(
                    "settings",
                    Directory.GetCurrentDirectory(),
                    SettingLayer.CommandLine
                )
            )
            : YamlSettings.Read(path, unreadable);
        if (unreadable.Count > 0)
        {
            // What follows would only be consequences.
            throw new ConfigurationException(unreadable);
        }

        SettingOverrides.ApplyEnvironment(root, environment, environmentPrefix, problems);
        SettingOverrides.Apply(root, overrides, problems);
        T options = SettingReader.Read(root, problems, read);
        return problems.Count == 0 ? options : throw new ConfigurationException(problems);
    }
}

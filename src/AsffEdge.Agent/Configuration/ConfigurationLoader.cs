using System.Collections;

namespace AsffEdge.Agent.Configuration;

/// <summary>Loads the configuration: the YAML file, then the environment (<c>ASFF_EDGE__SECTION__KEY</c>), then the command line.</summary>
public static class ConfigurationLoader
{
    private const string StateDirectoryVariable = "STATE_DIRECTORY"; // systemd sets it for StateDirectory=
    private const string InstalledStateDirectory = "/var/lib/asff-edge";

    /// <summary>Loads <paramref name="path"/> with the process's environment.</summary>
    /// <param name="path">The YAML file.</param>
    /// <param name="overrides">Settings of the command line, <c>section.key=value</c>.</param>
    /// <exception cref="ConfigurationException">It cannot be used; the message lists every problem.</exception>
    public static AgentConfiguration Load(string path, IEnumerable<string> overrides) =>
        Load(
            path,
            Environment
                .GetEnvironmentVariables()
                .Cast<DictionaryEntry>()
                .ToDictionary(
                    variable => (string)variable.Key,
                    variable => (string?)variable.Value ?? ""
                ),
            overrides
        );

    /// <summary>Loads <paramref name="path"/> with the given environment.</summary>
    /// <exception cref="ConfigurationException">It cannot be used; the message lists every problem.</exception>
    public static AgentConfiguration Load(
        string path,
        IReadOnlyDictionary<string, string> environment,
        IEnumerable<string> overrides
    )
    {
        List<string> problems = [];
        SettingMap root = YamlSettings.Read(path, problems);
        if (problems.Count > 0)
        {
            // What follows would only be consequences.
            throw new ConfigurationException(problems);
        }

        SettingOverrides.ApplyEnvironment(root, environment, problems);
        SettingOverrides.ApplyCommandLine(root, overrides, problems);
        string stateDirectory = environment
            .GetValueOrDefault(StateDirectoryVariable, InstalledStateDirectory)
            .Split(':')[0];
        AgentConfiguration configuration = SettingReader.Read(
            root,
            problems,
            settings => AgentConfiguration.Read(settings, stateDirectory)
        );
        return problems.Count == 0 ? configuration : throw new ConfigurationException(problems);
    }
}

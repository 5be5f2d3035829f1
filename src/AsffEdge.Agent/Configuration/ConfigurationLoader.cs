using AsffEdge.Control.Settings;

namespace AsffEdge.Agent.Configuration;

/// <summary>Loads the configuration: the YAML file, then the environment (<c>ASFF_EDGE__SECTION__KEY</c>), then the command line.</summary>
public static class ConfigurationLoader
{
    /// <summary>Start of every environment variable that is a setting; <c>__</c> separates the levels.</summary>
    public const string EnvironmentPrefix = "ASFF_EDGE__";

    private const string StateDirectoryVariable = "STATE_DIRECTORY"; // systemd sets it for StateDirectory=
    private const string InstalledStateDirectory = "/var/lib/asff-edge";

    /// <summary>Loads <paramref name="path"/> with the process's environment.</summary>
    /// <param name="path">The YAML file.</param>
    /// <param name="overrides">Settings of the command line, <c>section.key=value</c>.</param>
    /// <exception cref="ConfigurationException">It cannot be used; the message lists every problem.</exception>
    public static AgentConfiguration Load(string path, IEnumerable<string> overrides) =>
        Load(path, LayeredSettings.ProcessEnvironment(), overrides);

    /// <summary>Loads <paramref name="path"/> with the given environment.</summary>
    /// <exception cref="ConfigurationException">It cannot be used; the message lists every problem.</exception>
    public static AgentConfiguration Load(
        string path,
        IReadOnlyDictionary<string, string> environment,
        IEnumerable<string> overrides
    )
    {
        string stateDirectory = environment
            .GetValueOrDefault(StateDirectoryVariable, InstalledStateDirectory)
            .Split(':')[0];
        return LayeredSettings.Read(
            path,
            environment,
            EnvironmentPrefix,
            overrides,
            settings => AgentConfiguration.Read(settings, stateDirectory)
        );
    }
}

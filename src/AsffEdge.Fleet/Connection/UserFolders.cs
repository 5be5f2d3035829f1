namespace AsffEdge.Fleet.Connection;

/// <summary>Where a user's files lie, as the XDG base directory specification has it.</summary>
internal static class UserFolders
{
    private const string Name = "asff-edge";

    /// <summary>The folder of the configuration; null: the user has no home.</summary>
    public static string? Configuration(IReadOnlyDictionary<string, string> environment) =>
        Find(environment, "XDG_CONFIG_HOME", ".config");

    /// <summary>The folder of what is kept from one run to the next; null: the user has no home.</summary>
    public static string? State(IReadOnlyDictionary<string, string> environment) =>
        Find(environment, "XDG_STATE_HOME", Path.Combine(".local", "state"));

    /// <summary>The folder of what may be lost at any time; null: the user has no home.</summary>
    public static string? Cache(IReadOnlyDictionary<string, string> environment) =>
        Find(environment, "XDG_CACHE_HOME", ".cache");

    private static string? Find(
        IReadOnlyDictionary<string, string> environment,
        string variable,
        string belowHome
    )
    {
        // The specification: a relative path is to be ignored.
        if (
            environment.TryGetValue(variable, out string? folder)
            && Path.IsPathFullyQualified(folder)
        )
        {
            return Path.Combine(folder, Name);
        }

        return environment.TryGetValue("HOME", out string? home) && home.Length > 0
            ? Path.Combine(home, belowHome, Name)
            : null;
    }
}

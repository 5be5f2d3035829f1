using System.Text.Json;
using AsffEdge.Control.Settings;
using AsffEdge.Fleet.Connection;
using AsffEdge.Fleet.Output;
using AsffEdge.Messaging;

namespace AsffEdge.Fleet.State;

/// <summary>
/// The names that the last listing of a whole fleet brought, kept in a file so that a shell can complete them without asking the broker.
/// Nothing else may be decided by them: they are as old as that listing.
/// </summary>
/// <param name="Agents">Ids of agents.</param>
/// <param name="Groups">Their groups.</param>
/// <param name="Versions">Versions of their software.</param>
/// <param name="Profiles">Names of their profiles.</param>
/// <param name="Cameras">Ids of their cameras.</param>
internal sealed record KnownNames(
    IReadOnlyList<string> Agents,
    IReadOnlyList<string> Groups,
    IReadOnlyList<string> Versions,
    IReadOnlyList<string> Profiles,
    IReadOnlyList<string> Cameras
)
{
    private const string FileName = "fleet-names.json";
    private static readonly KnownNames None = new([], [], [], [], []);

    /// <summary>What is kept of the user who runs the tool; nothing where there is no file or none that can be read.</summary>
    public static KnownNames Load() => Load(LayeredSettings.ProcessEnvironment());

    /// <summary>The same, with the given environment.</summary>
    public static KnownNames Load(IReadOnlyDictionary<string, string> environment)
    {
        try
        {
            return PathOf(environment) is { } path && File.Exists(path)
                ? JsonSerializer.Deserialize(File.ReadAllBytes(path), FleetJson.Default.KnownNames)
                    ?? None
                : None;
        }
        catch (Exception error)
            when (error is IOException or UnauthorizedAccessException or JsonException)
        {
            return None; // a completion less; nobody waits for a message while typing
        }
    }

    /// <summary>The names in <paramref name="agents"/>.</summary>
    public static KnownNames Of(IReadOnlyList<FleetAgent> agents)
    {
        return new KnownNames(
            Sorted(agents.Select(agent => agent.Id)),
            Sorted(agents.SelectMany(agent => agent.Groups)),
            Sorted(agents.Select(agent => agent.Info?.Version ?? "")),
            Sorted(
                agents.SelectMany(agent =>
                    (agent.Info?.Profiles.Keys ?? []).Concat(
                        agent.Reported?.Cameras.Values.Select(camera => camera.Profile) ?? []
                    )
                )
            ),
            Sorted(
                agents.SelectMany(agent => agent.Info?.Cameras.Select(camera => camera.Id) ?? [])
            )
        );

        // They end up in a shell's command line, and devices have chosen them.
        static string[] Sorted(IEnumerable<string> names) =>
            [.. names.Where(IsPlain).Distinct().Order(StringComparer.Ordinal)];
    }

    /// <summary>Keeps these names for the user who runs the tool. Failing to is nobody's concern.</summary>
    public void Save() => Save(LayeredSettings.ProcessEnvironment());

    /// <summary>The same, with the given environment.</summary>
    public void Save(IReadOnlyDictionary<string, string> environment)
    {
        if (PathOf(environment) is not { } path)
        {
            return;
        }

        string temporary = $"{path}.{Environment.ProcessId}";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(
                temporary,
                JsonSerializer.SerializeToUtf8Bytes(this, FleetJson.Default.KnownNames)
            );
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A full or read-only home: there is nothing to complete then.
        }
    }

    private static bool IsPlain(string name) =>
        name.Length is > 0 and <= 2 * Identifier.MaxLength
        && name.All(character =>
            char.IsAsciiLetterOrDigit(character) || character is '-' or '.' or '_' or '+'
        );

    private static string? PathOf(IReadOnlyDictionary<string, string> environment) =>
        UserFolders.Cache(environment) is { } folder ? Path.Combine(folder, FileName) : null;
}

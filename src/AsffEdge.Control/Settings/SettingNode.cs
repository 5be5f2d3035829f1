namespace AsffEdge.Control.Settings;

/// <summary>Where a setting was made.</summary>
/// <param name="Place">For people, for example <c>agent.yaml:12</c>.</param>
/// <param name="Directory">The folder that relative paths are relative to.</param>
/// <param name="Layer">Which of the three layers.</param>
public sealed record SettingOrigin(string Place, string Directory, SettingLayer Layer);

/// <summary>The layers of the configuration, each stronger than the one before.</summary>
public enum SettingLayer
{
    File,
    Environment,
    CommandLine,
}

/// <summary>A node of the configuration before it has a type.</summary>
internal abstract class SettingNode(SettingOrigin origin)
{
    public SettingOrigin Origin { get; } = origin;
}

/// <summary>One value; <paramref name="text"/> null: explicitly nothing, which means the default.</summary>
internal sealed class SettingValue(SettingOrigin origin, string? text) : SettingNode(origin)
{
    public string? Text { get; } = text;
}

/// <summary>Several values in order.</summary>
internal sealed class SettingList(SettingOrigin origin) : SettingNode(origin)
{
    public List<SettingNode> Items { get; } = [];
}

/// <summary>Values by key, in the order they were written.</summary>
internal sealed class SettingMap(SettingOrigin origin) : SettingNode(origin)
{
    public OrderedDictionary<string, SettingEntry> Entries { get; } = new(StringComparer.Ordinal);
}

/// <summary>A key's value and where the key stands.</summary>
internal sealed record SettingEntry(SettingOrigin KeyOrigin, SettingNode Value);

namespace AsffEdge.Control.Settings;

/// <summary>A setting made on the command line.</summary>
/// <param name="Place">The option that makes it, for messages.</param>
/// <param name="Key">The key's full path, for example <c>mqtt.host</c>.</param>
/// <param name="Value">Its value.</param>
public sealed record SettingOverride(string Place, string Key, string Value);

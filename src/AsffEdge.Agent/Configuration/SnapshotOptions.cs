using AsffEdge.Control.Settings;

namespace AsffEdge.Agent.Configuration;

/// <summary>Whether the device shows pictures (<c>snapshots:</c>).</summary>
public sealed record SnapshotOptions
{
    /// <summary>Whether the command <c>snapshot</c> is carried out.</summary>
    public bool Enabled { get; init; } = true;

    internal static SnapshotOptions Read(SettingReader settings) =>
        new() { Enabled = settings.Flag("enabled", true) };
}

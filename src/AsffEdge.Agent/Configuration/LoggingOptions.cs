using AsffEdge.Control.Settings;

namespace AsffEdge.Agent.Configuration;

/// <summary>What is logged (<c>logging:</c>).</summary>
public sealed record LoggingOptions
{
    private static readonly string[] Levels = ["trace", "debug", "information", "warning", "error"];

    /// <summary>The least severe level that is written: trace, debug, information, warning or error.</summary>
    public string Level { get; init; } = "information";

    internal static LoggingOptions Read(SettingReader settings) =>
        new() { Level = settings.Choice("level", "information", Levels) };
}

using AsffEdge.Control.Settings;

namespace AsffEdge.Agent.Configuration;

/// <summary>What is logged (<c>logging:</c>).</summary>
public sealed record LoggingOptions
{
    private static readonly string[] Formats = ["text", "json"];
    private static readonly string[] Levels = ["trace", "debug", "information", "warning", "error"];

    /// <summary>The least severe level that is written: trace, debug, information, warning or error.</summary>
    public string Level { get; init; } = "information";

    /// <summary><c>text</c>, or <c>json</c>: an object in each line.</summary>
    public string Format { get; init; } = "text";

    internal static LoggingOptions Read(SettingReader settings) =>
        new()
        {
            Level = settings.Choice("level", "information", Levels),
            Format = settings.Choice("format", "text", Formats),
        };
}

using AsffEdge.Control.Settings;

namespace AsffEdge.Agent.Configuration;

/// <summary>Where metrics are sent (<c>telemetry:</c>).</summary>
public sealed record TelemetryOptions
{
    /// <summary>To a collector of OpenTelemetry.</summary>
    public OtlpOptions Otlp { get; init; } = new();

    internal static TelemetryOptions Read(SettingReader settings) =>
        new() { Otlp = settings.Section("otlp", OtlpOptions.Read) };
}

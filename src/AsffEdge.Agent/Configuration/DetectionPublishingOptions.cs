using System.Globalization;
using AsffEdge.Control.Settings;

namespace AsffEdge.Agent.Configuration;

/// <summary>The message a frame (<c>mqtt.detections:</c>).</summary>
public sealed record DetectionPublishingOptions
{
    private static readonly string[] Levels = ["0", "1"];

    /// <summary>Whether to publish them.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>MQTT quality of service, 0 or 1.</summary>
    public int Qos { get; init; }

    internal static DetectionPublishingOptions Read(SettingReader settings) =>
        new()
        {
            Enabled = settings.Flag("enabled", true),
            Qos = int.Parse(settings.Choice("qos", "0", Levels), CultureInfo.InvariantCulture),
        };
}

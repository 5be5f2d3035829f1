using AsffEdge.Control.Settings;

namespace AsffEdge.Agent.Configuration;

/// <summary>A policy that chooses frames (<c>footage.policies.NAME:</c>).</summary>
public record FootagePolicyOptions
{
    /// <summary>Its share of the day's bytes, 0 to 1; 0: it chooses none.</summary>
    public double Share { get; init; }

    internal static FootagePolicyOptions Read(SettingReader settings) =>
        new() { Share = ReadShare(settings) };

    private protected static double ReadShare(SettingReader settings) =>
        settings.OptionalNumber("share", 0, 1) ?? 0;
}

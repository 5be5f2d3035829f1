using AsffEdge.Control.Settings;

namespace AsffEdge.Agent.Configuration;

/// <summary>The policy that chooses frames with uncertain objects (<c>footage.policies.uncertain:</c>).</summary>
public sealed record FootageUncertainPolicyOptions : FootagePolicyOptions
{
    /// <summary>How far from the profile's threshold a score may be to be uncertain, above or below.</summary>
    public double Margin { get; init; } = 0.1;

    internal static new FootageUncertainPolicyOptions Read(SettingReader settings) =>
        new()
        {
            Share = ReadShare(settings),
            Margin = settings.OptionalNumber("margin", 0.001, 1) ?? 0.1,
        };
}

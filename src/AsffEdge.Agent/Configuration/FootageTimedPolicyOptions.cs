using AsffEdge.Control.Settings;

namespace AsffEdge.Agent.Configuration;

/// <summary>A policy that chooses frames by the clock.</summary>
public sealed record FootageTimedPolicyOptions : FootagePolicyOptions
{
    /// <summary>Seconds between two frames of a camera; of <c>random</c> on average.</summary>
    public double EveryS { get; init; } = 900;

    internal static new FootageTimedPolicyOptions Read(SettingReader settings) =>
        new()
        {
            Share = ReadShare(settings),
            EveryS = settings.OptionalNumber("every_s", 0.1, 604800) ?? 900,
        };
}

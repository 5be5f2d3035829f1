using AsffEdge.Control.Settings;

namespace AsffEdge.Agent.Configuration;

/// <summary>What chooses frames (<c>footage.policies:</c>). Left out, <see cref="Defaults"/>; else exactly those that are given a share.</summary>
public sealed record FootagePoliciesOptions
{
    /// <summary>The policies and shares of a configuration that says nothing about them.</summary>
    public static FootagePoliciesOptions Defaults { get; } =
        new()
        {
            Interval = new() { Share = 0.1 },
            Uncertain = new() { Share = 0.3 },
            Flicker = new() { Share = 0.2 },
            NewTrack = new() { Share = 0.2 },
            RareClass = new() { Share = 0.1 },
            Random = new() { Share = 0.1 },
        };

    /// <summary>A frame every so often.</summary>
    public FootageTimedPolicyOptions Interval { get; init; } = new();

    /// <summary>Frames with scores around the threshold.</summary>
    public FootageUncertainPolicyOptions Uncertain { get; init; } = new();

    /// <summary>Frames in which an object is missing that was there in the frames before.</summary>
    public FootagePolicyOptions Flicker { get; init; } = new();

    /// <summary>The frame in which an object is there for the first time.</summary>
    public FootagePolicyOptions NewTrack { get; init; } = new();

    /// <summary>Frames with objects of rare classes.</summary>
    public FootageRareClassPolicyOptions RareClass { get; init; } = new();

    /// <summary>A frame at random moments.</summary>
    public FootageTimedPolicyOptions Random { get; init; } = new();

    internal static FootagePoliciesOptions Read(SettingReader settings)
    {
        FootagePoliciesOptions policies = new()
        {
            Interval = settings.Section("interval", FootageTimedPolicyOptions.Read),
            Uncertain = settings.Section("uncertain", FootageUncertainPolicyOptions.Read),
            Flicker = settings.Section("flicker", FootagePolicyOptions.Read),
            NewTrack = settings.Section("new_track", FootagePolicyOptions.Read),
            RareClass = settings.Section("rare_class", FootageRareClassPolicyOptions.Read),
            Random = settings.Section("random", FootageTimedPolicyOptions.Read),
        };
        decimal sum = policies.All.Sum(policy => (decimal)policy.Share);
        if (sum > 1)
        {
            settings.Report(
                "interval",
                $"and the policies beside it have shares that sum to {sum}; allowed: at most 1"
            );
        }

        return policies;
    }

    private FootagePolicyOptions[] All =>
        [Interval, Uncertain, Flicker, NewTrack, RareClass, Random];
}

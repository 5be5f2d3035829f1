using AsffEdge.Control.Settings;

namespace AsffEdge.Agent.Configuration;

/// <summary>How objects are followed from frame to frame (<c>tracking:</c>).</summary>
public sealed record TrackingOptions
{
    /// <summary>Whether they are.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Least score of a box that may continue a track, 0..1; what begins one needs the profile's threshold.</summary>
    public double LowScore { get; init; } = 0.1;

    /// <summary>Frames in which an object must be seen to count.</summary>
    public int ConfirmAfter { get; init; } = 3;

    /// <summary>Seconds out of sight after which a track ends.</summary>
    public double MaxLostS { get; init; } = 2;

    /// <summary>Seconds between two <c>update</c> events of a track; 0: none.</summary>
    public double UpdateEveryS { get; init; } = 5;

    internal static TrackingOptions Read(SettingReader settings) =>
        new()
        {
            Enabled = settings.Flag("enabled", true),
            LowScore = settings.OptionalNumber("low_score", 0.01, 1) ?? 0.1,
            ConfirmAfter = settings.WholeNumber("confirm_after", 3, 1, 100),
            MaxLostS = settings.OptionalNumber("max_lost_s", 0.1, 60) ?? 2,
            UpdateEveryS = settings.OptionalNumber("update_every_s", 0, 3600) ?? 5,
        };
}

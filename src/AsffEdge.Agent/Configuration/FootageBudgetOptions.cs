using AsffEdge.Control.Settings;

namespace AsffEdge.Agent.Configuration;

/// <summary>How much footage is kept (<c>footage.budget:</c>).</summary>
public sealed record FootageBudgetOptions
{
    /// <summary>MiB of pictures written at most on a day (UTC).</summary>
    public int MbPerDay { get; init; } = 200;

    /// <summary>MiB of pictures kept at most; then the oldest go.</summary>
    public int MaxMb { get; init; } = 2000;

    /// <summary>Days a picture is kept at most.</summary>
    public double MaxAgeDays { get; init; } = 30;

    /// <summary>MiB that must be free on the disk for a picture to be written.</summary>
    public int MinFreeMb { get; init; } = 512;

    internal static FootageBudgetOptions Read(SettingReader settings) =>
        new()
        {
            MbPerDay = settings.WholeNumber("mb_per_day", 200, 1, 1048576),
            MaxMb = settings.WholeNumber("max_mb", 2000, 1, 16777216),
            MaxAgeDays = settings.OptionalNumber("max_age_days", 0.01, 3650) ?? 30,
            MinFreeMb = settings.WholeNumber("min_free_mb", 512, 0, 1048576),
        };
}

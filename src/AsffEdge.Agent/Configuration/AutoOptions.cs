using System.Globalization;
using AsffEdge.Control.Settings;

namespace AsffEdge.Agent.Configuration;

/// <summary>What the profile <c>auto</c> aims at and keeps to (<c>auto:</c>).</summary>
public sealed record AutoOptions
{
    /// <summary>Frames a second that each camera is to get, 0.1..1000; of a camera that delivers fewer, all of those.</summary>
    public double TargetFps { get; init; } = 10;

    /// <summary>Milliseconds from the complete frame to its result that 95 % of the frames may take, 1..60000.</summary>
    public double MaxLatencyMs { get; init; } = 500;

    /// <summary>The profile below whose size load alone never leads; null: the smallest.</summary>
    public string? MinProfile { get; init; }

    /// <summary>The profile above whose size it never goes; null: the largest.</summary>
    public string? MaxProfile { get; init; }

    /// <summary>Seconds a size is kept at least before a larger one is tried, 3..3600; a smaller one may follow after half of them.</summary>
    public int DwellS { get; init; } = 30;

    /// <summary>By temperature in °C: the largest profile from there on.</summary>
    public IReadOnlyDictionary<string, string> TemperatureC { get; init; } =
        new Dictionary<string, string>();

    /// <summary>By <see cref="DailyWindow"/> in local time: the largest profile in it.</summary>
    public IReadOnlyDictionary<string, string> Schedule { get; init; } =
        new Dictionary<string, string>();

    /// <summary>Reads the section.</summary>
    /// <param name="settings">The section.</param>
    /// <param name="profiles">The profiles there are.</param>
    internal static AutoOptions Read(
        SettingReader settings,
        IReadOnlyDictionary<string, ProfileOptions> profiles
    )
    {
        AutoOptions defaults = new();
        string[] names = [.. profiles.Keys];
        AutoOptions options = new()
        {
            TargetFps = settings.OptionalNumber("target_fps", 0.1, 1000) ?? defaults.TargetFps,
            MaxLatencyMs =
                settings.OptionalNumber("max_latency_ms", 1, 60_000) ?? defaults.MaxLatencyMs,
            MinProfile = settings.Choice("min_profile", null, names),
            MaxProfile = settings.Choice("max_profile", null, names),
            DwellS = settings.WholeNumber("dwell_s", defaults.DwellS, 3, 3600),
            TemperatureC = settings.Choices(
                "temperature_c",
                IsTemperature,
                "a number of °C from 0 to 150",
                names
            ),
            Schedule = settings.Choices(
                "schedule",
                text => DailyWindow.TryParse(text, out _),
                DailyWindow.Allowed,
                names
            ),
        };
        if (SizeOf(options.MinProfile) > SizeOf(options.MaxProfile))
        {
            settings.Report(
                "min_profile",
                $"is '{options.MinProfile}' ({SizeOf(options.MinProfile)}), larger than max_profile '{options.MaxProfile}' ({SizeOf(options.MaxProfile)})"
            );
        }

        RequireFalling(settings, options.TemperatureC, SizeOf);
        RequireApart(settings, [.. options.Schedule.Keys]);
        return options;

        int? SizeOf(string? profile) =>
            profile is null ? null : profiles.GetValueOrDefault(profile)?.Size;
    }

    private static bool IsTemperature(string text) =>
        double.TryParse(
            text,
            NumberStyles.AllowDecimalPoint,
            CultureInfo.InvariantCulture,
            out double degrees
        )
        && degrees <= 150;

    private static void RequireFalling(
        SettingReader settings,
        IReadOnlyDictionary<string, string> limits,
        Func<string?, int?> sizeOf
    )
    {
        (string From, string Profile)[] rising =
        [
            .. limits
                .OrderBy(limit => double.Parse(limit.Key, CultureInfo.InvariantCulture))
                .Select(limit => (limit.Key, limit.Value)),
        ];
        foreach (
            ((string from, string cool), (string to, string hot)) in rising.Zip(rising.Skip(1))
        )
        {
            if (sizeOf(hot) >= sizeOf(cool))
            {
                settings.Report(
                    "temperature_c",
                    $"allows '{hot}' ({sizeOf(hot)}) from {to} °C on; allowed: smaller than '{cool}' ({sizeOf(cool)}), the limit from {from} °C on"
                );
            }
        }
    }

    private static void RequireApart(SettingReader settings, string[] windows)
    {
        for (int later = 1; later < windows.Length; later++)
        {
            foreach (string earlier in windows[..later])
            {
                _ = DailyWindow.TryParse(earlier, out DailyWindow first);
                _ = DailyWindow.TryParse(windows[later], out DailyWindow second);
                if (first.Contains(second.From) || second.Contains(first.From))
                {
                    settings.Report(
                        "schedule",
                        $"has '{earlier}' and '{windows[later]}', which overlap; allowed: windows that share no minute"
                    );
                }
            }
        }
    }
}

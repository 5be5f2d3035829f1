using System.Globalization;
using AsffEdge.Agent.Configuration;
using AsffEdge.Messaging;

namespace AsffEdge.Agent.Profiles.Adaptive;

/// <summary>
/// The limits by temperature and by time of day. One by temperature holds until it is <see cref="ReliefC"/> cooler, and while a sensor
/// that has been read gives nothing.
/// </summary>
internal sealed class Ceilings(AutoOptions options)
{
    /// <summary>By how many °C the machine must cool below a limit before that is lifted.</summary>
    public const double ReliefC = 5;

    private readonly (double FromC, string Profile)[] _temperatures =
    [
        .. options
            .TemperatureC.Select(limit =>
                (FromC: double.Parse(limit.Key, CultureInfo.InvariantCulture), Profile: limit.Value)
            )
            .OrderBy(limit => limit.FromC),
    ];
    private readonly (DailyWindow Window, string Text, string Profile)[] _schedule =
    [
        .. options.Schedule.Select(entry =>
            DailyWindow.TryParse(entry.Key, out DailyWindow window)
                ? (window, entry.Key, entry.Value)
                : throw new FormatException($"'{entry.Key}'; allowed: {DailyWindow.Allowed}")
        ),
    ];
    private double _temperatureC;
    private double _heldC = double.NegativeInfinity;

    /// <summary>The lowest of the ceilings that hold now.</summary>
    public Ceiling Find(Ladder ladder, double? temperatureC, TimeOnly localTime)
    {
        Ceiling lowest = new(ladder.Rungs.Count - 1, AdaptiveCode.Profiles, "");

        // Every limit up to the held temperature holds.
        if (temperatureC is { } degrees)
        {
            _temperatureC = degrees;
            _heldC = Math.Clamp(_heldC, degrees, degrees + ReliefC);
        }

        foreach ((double from, string profile) in _temperatures)
        {
            if (from <= _heldC)
            {
                Lower(
                    ladder.AtMost(profile),
                    AdaptiveCode.Temperature,
                    $"the machine has {_temperatureC:F0} °C; from {from} °C on at most '{profile}' is allowed"
                );
            }
        }

        foreach ((DailyWindow window, string text, string profile) in _schedule)
        {
            if (window.Contains(localTime))
            {
                Lower(
                    ladder.AtMost(profile),
                    AdaptiveCode.Schedule,
                    $"at {text} at most '{profile}' is allowed"
                );
            }
        }

        return lowest;

        void Lower(int rung, AdaptiveCode code, FormattableString why)
        {
            if (rung < lowest.Rung)
            {
                lowest = new Ceiling(rung, code, FormattableString.Invariant(why));
            }
        }
    }
}

/// <summary>A limit that holds now.</summary>
/// <param name="Rung">The index of the largest rung that is allowed.</param>
/// <param name="Code">What kind of limit.</param>
/// <param name="Why">A sentence for people.</param>
internal readonly record struct Ceiling(int Rung, AdaptiveCode Code, string Why);

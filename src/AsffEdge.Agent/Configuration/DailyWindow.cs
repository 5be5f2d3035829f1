using System.Globalization;

namespace AsffEdge.Agent.Configuration;

/// <summary>A span of every day in local time; it may run over midnight.</summary>
/// <param name="From">When it starts; this minute belongs to it.</param>
/// <param name="To">When it ends; this minute no longer belongs to it. Earlier than <paramref name="From"/>: on the next day.</param>
public readonly record struct DailyWindow(TimeOnly From, TimeOnly To)
{
    /// <summary>What <see cref="TryParse"/> takes, for people.</summary>
    public const string Allowed =
        "HH:MM-HH:MM with two different times from 00:00 to 23:59, for example 22:00-06:00";

    /// <summary>Whether a local time lies in it.</summary>
    public bool Contains(TimeOnly time) =>
        From < To ? time >= From && time < To : time >= From || time < To;

    /// <summary>Reads <c>HH:MM-HH:MM</c>.</summary>
    public static bool TryParse(string text, out DailyWindow window)
    {
        string[] parts = text.Split('-');
        window = default;
        if (
            parts.Length != 2
            || !TryTime(parts[0], out TimeOnly from)
            || !TryTime(parts[1], out TimeOnly to)
            || from == to
        )
        {
            return false;
        }

        window = new DailyWindow(from, to);
        return true;
    }

    private static bool TryTime(string text, out TimeOnly time) =>
        TimeOnly.TryParseExact(
            text,
            "HH':'mm",
            CultureInfo.InvariantCulture,
            DateTimeStyles.None,
            out time
        );
}

using System.Globalization;
using AsffEdge.Control.Settings;

namespace AsffEdge.Agent.Configuration;

/// <summary>
/// A part of the picture by its corners, written as a list such as <c>[0.1 0.2, 0.9 0.2, 0.5 1]</c>: x and y of each as fractions 0..1 of
/// the picture, from the left and from the top, so that neither the camera's resolution nor the network's changes it.
/// </summary>
/// <param name="Corners">In order, at least 2; the last is joined to the first.</param>
public sealed record Polygon(IReadOnlyList<(float X, float Y)> Corners)
{
    private const int MostCorners = 64;

    /// <summary>Reads the corners of <paramref name="key"/>; what is no good reads as no corners and is reported.</summary>
    /// <param name="settings">The section.</param>
    /// <param name="key">The key.</param>
    /// <param name="least">Fewest corners.</param>
    /// <param name="most">Most corners.</param>
    internal static Polygon Read(
        SettingReader settings,
        string key,
        int least = 3,
        int most = MostCorners
    )
    {
        IReadOnlyList<string> texts = settings.Texts(
            key,
            [],
            text => TryParse(text, out _),
            "'x y', two fractions of the picture from 0 to 1"
        );
        if (texts.Count < least || texts.Count > most)
        {
            string allowed = least == most ? $"{least}" : $"{least} to {most}";
            settings.Report(
                key,
                $"has {texts.Count} corners; allowed: {allowed}, for example [0.1 0.2, 0.9 0.2, 0.5 1]"
            );
            return new Polygon([]);
        }

        return new Polygon([
            .. texts.Select(text =>
                TryParse(text, out (float X, float Y) corner) ? corner : default
            ),
        ]);
    }

    /// <summary>Whether a point lies inside (even-odd rule); on an edge it may be either.</summary>
    public bool Contains(float x, float y)
    {
        bool isInside = false;
        (float X, float Y) before = Corners.Count > 0 ? Corners[^1] : default;
        for (int i = 0; i < Corners.Count; i++)
        {
            (float X, float Y) corner = Corners[i];
            if (
                (corner.Y > y) != (before.Y > y)
                && x < ((before.X - corner.X) * (y - corner.Y) / (before.Y - corner.Y)) + corner.X
            )
            {
                isInside = !isInside;
            }

            before = corner;
        }

        return isInside;
    }

    private static bool TryParse(string text, out (float X, float Y) corner)
    {
        corner = default;
        string[] words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        bool isGood =
            words.Length == 2
            && TryParseFraction(words[0], out corner.X)
            && TryParseFraction(words[1], out corner.Y);
        return isGood;
    }

    private static bool TryParseFraction(string text, out float fraction) =>
        float.TryParse(
            text,
            NumberStyles.AllowDecimalPoint,
            CultureInfo.InvariantCulture,
            out fraction
        ) && fraction is >= 0 and <= 1;
}

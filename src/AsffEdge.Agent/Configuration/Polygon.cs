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
    private const float LeastArea = 1e-4f; // of the picture: 200 pixels of 1920×1080

    /// <summary>The polygon with these corners.</summary>
    /// <param name="texts">Corners as <see cref="Read"/> gives them.</param>
    public static Polygon Of(IReadOnlyList<string> texts) =>
        new([
            .. texts.Select(text =>
                TryParse(text, out (float X, float Y) corner)
                    ? corner
                    : throw new FormatException($"'{text}' is no corner")
            ),
        ]);

    /// <summary>Reads the corners of <paramref name="key"/>; what is wrong with them is reported.</summary>
    /// <param name="settings">The section.</param>
    /// <param name="key">The key.</param>
    /// <param name="isLine">Whether it is two ends of a line, and not three and more corners of an area.</param>
    internal static IReadOnlyList<string> Read(SettingReader settings, string key, bool isLine)
    {
        (int least, int most) = isLine ? (2, 2) : (3, MostCorners);
        IReadOnlyList<string>? texts = settings.Texts(
            key,
            null!,
            text => TryParse(text, out _),
            "'x y', two fractions of the picture from 0 to 1"
        );
        string allowed = isLine
            ? "2, such as [0.1 0.5, 0.9 0.5]"
            : $"{least} to {most}, such as [0.1 0.2, 0.9 0.2, 0.5 1]";
        if (texts is null)
        {
            // What is wrong with what is there has been said.
            if (!settings.Has(key))
            {
                settings.Report(key, $"is missing; expected {allowed}");
            }
        }
        else if (texts.Count < least || texts.Count > most)
        {
            settings.Report(key, $"has {texts.Count}; allowed: {allowed}");
        }
        else if (isLine ? texts[0] == texts[1] : Of(texts).Area() < LeastArea)
        {
            settings.Report(
                key,
                isLine ? "are one point; allowed: two" : "enclose nothing: they lie on one line"
            );
        }

        return texts ?? [];
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

    private float Area()
    {
        float twice = 0;
        (float X, float Y) before = Corners[^1];
        foreach ((float X, float Y) corner in Corners)
        {
            twice += (before.X * corner.Y) - (corner.X * before.Y);
            before = corner;
        }

        return Math.Abs(twice) / 2;
    }

    private static bool TryParse(string text, out (float X, float Y) corner)
    {
        corner = default;
        string[] words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words.Length == 2
            && TryParseFraction(words[0], out corner.X)
            && TryParseFraction(words[1], out corner.Y);
    }

    private static bool TryParseFraction(string text, out float fraction) =>
        float.TryParse(
            text,
            NumberStyles.AllowDecimalPoint,
            CultureInfo.InvariantCulture,
            out fraction
        ) && fraction is >= 0 and <= 1;
}

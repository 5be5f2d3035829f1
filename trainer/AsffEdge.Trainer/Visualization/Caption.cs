using System.Globalization;
using OpenCvSharp;

namespace AsffEdge.Trainer.Visualization;

/// <summary>Letters and boxes in pictures, in one style.</summary>
internal static class Caption
{
    /// <summary>Height of a line of text in pixels.</summary>
    public const int Height = 20;

    private const HersheyFonts Font = HersheyFonts.HersheySimplex;
    private const double Scale = 0.45;

    /// <summary>
    /// BGR, by pyramid level: coarsest red, then green, then blue, and for a pyramid of five yellow and violet; apart also for eyes that
    /// confuse red and green, by their brightness.
    /// </summary>
    private static readonly Scalar[] LevelColours =
    [
        new(60, 80, 235),
        new(90, 220, 120),
        new(255, 170, 60),
        new(80, 235, 250),
        new(160, 40, 120),
    ];

    /// <summary>The colour of a pyramid level.</summary>
    public static Scalar ColourOf(int level) => LevelColours[level];

    /// <summary>Writes one line.</summary>
    /// <param name="picture">8-bit BGR.</param>
    /// <param name="text">ASCII; other letters show as question marks.</param>
    /// <param name="left">Where it begins.</param>
    /// <param name="top">Upper edge of the line.</param>
    /// <param name="colour">Of the letters; null: near black.</param>
    public static void Write(Mat picture, string text, int left, int top, Scalar? colour = null) =>
        picture.PutText(
            text,
            new Point(left, top + 14),
            Font,
            Scale,
            colour ?? Scalar.All(30),
            1,
            LineTypes.AntiAlias
        );

    /// <summary>Width of a line of text in pixels.</summary>
    public static int Width(string text) => Cv2.GetTextSize(text, Font, Scale, 1, out _).Width;

    /// <summary>A number with an invariant point.</summary>
    public static string Text(FormattableString text) =>
        text.ToString(CultureInfo.InvariantCulture);
}

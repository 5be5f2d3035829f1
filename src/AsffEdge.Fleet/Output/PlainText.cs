using System.Globalization;

namespace AsffEdge.Fleet.Output;

/// <summary>Makes text that came from a device fit to be shown: whoever may publish must not move the cursor of whoever looks on.</summary>
internal static class PlainText
{
    /// <summary><paramref name="text"/> with a question mark for every character that a terminal acts on instead of showing it.</summary>
    public static string Clean(string text) =>
        text.Any(IsHarmful)
            ? string.Create(
                text.Length,
                text,
                static (clean, original) =>
                {
                    for (int index = 0; index < clean.Length; index++)
                    {
                        clean[index] = IsHarmful(original[index]) ? '?' : original[index];
                    }
                }
            )
            : text;

    /// <summary><paramref name="text"/> in at most <paramref name="width"/> characters; an ellipsis stands for what is cut off.</summary>
    public static string Cut(string text, int width) =>
        text.Length <= width ? text
        : width < 1 ? ""
        : string.Concat(text.AsSpan(0, width - 1), "…");

    private static bool IsHarmful(char character) =>
        char.GetUnicodeCategory(character)
            is UnicodeCategory.Control
                or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator;
}

using System.Text;

namespace AsffEdge.Trainer.Checkpoints.Import;

/// <summary>Text from a file that nobody vouches for, made fit for an error message.</summary>
internal static class Printable
{
    private const int Longest = 100;

    /// <summary>The text, cut when long, with control characters (which a terminal would obey) replaced.</summary>
    public static string Of(string text)
    {
        var result = new StringBuilder();
        foreach (Rune rune in text.EnumerateRunes().Take(Longest))
        {
            _ = Rune.IsControl(rune) ? result.Append('?') : result.Append(rune);
        }

        return text.Length > Longest ? $"{result}…" : result.ToString();
    }
}

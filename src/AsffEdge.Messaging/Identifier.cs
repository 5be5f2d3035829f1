namespace AsffEdge.Messaging;

/// <summary>The ids that become topic levels: agents, cameras, profiles and groups.</summary>
public static class Identifier
{
    /// <summary>What an id may look like, for messages to people.</summary>
    public const string Allowed = "1 to 48 of a-z, 0-9 and '-'";

    /// <summary>The same as a regular expression.</summary>
    public const string Pattern = "^[a-z0-9-]{1,48}$";

    /// <summary>Longest id, in characters.</summary>
    public const int MaxLength = 48;

    /// <summary>Whether <paramref name="text"/> is an id: <c>[a-z0-9-]{1,48}</c>.</summary>
    public static bool IsValid(ReadOnlySpan<char> text)
    {
        if (text.Length is 0 or > MaxLength)
        {
            return false;
        }

        foreach (char character in text)
        {
            if (
                !char.IsAsciiLetterLower(character)
                && !char.IsAsciiDigit(character)
                && character != '-'
            )
            {
                return false;
            }
        }

        return true;
    }
}

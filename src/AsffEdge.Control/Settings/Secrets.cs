namespace AsffEdge.Control.Settings;

/// <summary>Keeps secrets out of what people and programs read.</summary>
public static class Secrets
{
    /// <summary>What stands in a secret's place.</summary>
    public const string Mask = "***";

    /// <summary><paramref name="address"/> with the user, password and parameters of a URL masked; anything else as it is.</summary>
    public static string MaskAddress(string address)
    {
        int scheme = address.IndexOf("://", StringComparison.Ordinal);
        if (scheme < 0)
        {
            return address;
        }

        int authority = scheme + 3;
        int end = address.AsSpan(authority).IndexOfAny('/', '?', '#');
        end = end < 0 ? address.Length : authority + end;

        // A password may hold '/' unescaped, so the last '@' counts when none is in the authority.
        int at = end > authority ? address.LastIndexOf('@', end - 1, end - authority) : -1;
        at = at < 0 ? address.LastIndexOf('@') : at;
        string shown =
            at < authority
                ? address
                : string.Concat(address.AsSpan(0, authority), Mask, address.AsSpan(at));

        // Many cameras take user and password as parameters.
        int query = shown.IndexOf('?', StringComparison.Ordinal);
        return query < 0 ? shown : shown[..(query + 1)] + Mask;
    }
}

namespace AsffEdge.Control.Settings;

/// <summary>Keeps secrets out of what people and programs read.</summary>
public static class Secrets
{
    /// <summary>What stands in a secret's place.</summary>
    public const string Mask = "***";

    /// <summary><paramref name="address"/> with the user and password of a URL masked; anything else as it is.</summary>
    public static string MaskAddress(string address)
    {
        int scheme = address.IndexOf("://", StringComparison.Ordinal);
        if (scheme < 0)
        {
            return address;
        }

        // Passwords are often written unescaped, with '/', '?' or '@' in them: the last '@' ends the credentials.
        int start = scheme + 3;
        int end = address.LastIndexOf('@');
        return end < start ? address : $"{address[..start]}{Mask}{address[end..]}";
    }
}

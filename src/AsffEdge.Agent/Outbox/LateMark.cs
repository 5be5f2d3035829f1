namespace AsffEdge.Agent.Outbox;

/// <summary>Turns <c>"late":false</c> of a message into <c>true</c>.</summary>
internal static class LateMark
{
    /// <summary>The payload with the mark; itself where it has no such key.</summary>
    /// <param name="payload">JSON without blanks, as the agent writes it. In a string the quotes would be escaped, so only the key is found.</param>
    public static byte[] Set(byte[] payload)
    {
        ReadOnlySpan<byte> json = payload;
        ReadOnlySpan<byte> unset = "\"late\":false"u8;
        int at = json.IndexOf(unset);
        return at < 0
            ? payload
            : [.. json[..at], .. "\"late\":true"u8, .. json[(at + unset.Length)..]];
    }
}

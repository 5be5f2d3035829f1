using System.Text.Json;

namespace AsffEdge.Trainer.Data;

/// <summary>
/// On which lines the entries of a JSON object's arrays begin. Objects do not remember where they were read from, so this is a second
/// reading, for the rare case that something is to be said about them.
/// </summary>
internal static class JsonLines
{
    private const byte LineFeed = (byte)'\n';

    /// <summary>By the array's name: the line, from 1, of each entry that is an object.</summary>
    /// <exception cref="JsonException">The file is not JSON.</exception>
    public static IReadOnlyDictionary<string, IReadOnlyList<int>> Of(Stream stream)
    {
        var lines = new Dictionary<string, IReadOnlyList<int>>();
        List<int> current = [];
        byte[] buffer = new byte[1 << 16];
        int filled = SkipByteOrderMark(stream, buffer);
        int line = 1;
        var state = new JsonReaderState();
        for (bool final = false; !final; )
        {
            int read = stream.Read(buffer, filled, buffer.Length - filled);
            final = read == 0;
            filled += read;
            ReadOnlySpan<byte> text = buffer.AsSpan(0, filled);
            var reader = new Utf8JsonReader(text, final, state);
            int counted = 0;
            while (reader.Read())
            {
                if (reader is { TokenType: JsonTokenType.PropertyName, CurrentDepth: 1 })
                {
                    current = [];
                    lines[reader.GetString()!] = current;
                }
                else if (reader is { TokenType: JsonTokenType.StartObject, CurrentDepth: 2 })
                {
                    int start = (int)reader.TokenStartIndex;
                    line += text[counted..start].Count(LineFeed);
                    counted = start;
                    current.Add(line);
                }
            }

            int consumed = (int)reader.BytesConsumed;
            line += text[counted..consumed].Count(LineFeed);
            state = reader.CurrentState;
            text[consumed..].CopyTo(buffer);
            filled -= consumed;
            if (filled == buffer.Length)
            {
                Array.Resize(ref buffer, 2 * buffer.Length);
            }
        }

        return lines;
    }

    private static int SkipByteOrderMark(Stream stream, byte[] buffer)
    {
        int read = stream.ReadAtLeast(buffer.AsSpan(0, 3), 3, throwOnEndOfStream: false);
        return buffer.AsSpan(0, read).SequenceEqual<byte>([0xEF, 0xBB, 0xBF]) ? 0 : read;
    }
}

using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace AsffEdge.Messaging;

/// <summary>Times as the contract writes them: RFC 3339, UTC, microseconds (<c>2026-11-23T04:18:27.412345Z</c>).</summary>
public static class Timestamp
{
    /// <summary>Bytes of a written time.</summary>
    public const int Length = 27;

    private const string Written = "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'";

    private static readonly string[] Accepted =
    [
        "yyyy-MM-dd'T'HH:mm:ssK",
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK",
    ];

    /// <summary>Writes <paramref name="utc"/> into <paramref name="utf8"/> (at least <see cref="Length"/> bytes) without allocating.</summary>
    public static int Format(DateTime utc, Span<byte> utf8)
    {
        return utc.TryFormat(utf8, out int written, Written, CultureInfo.InvariantCulture)
            ? written
            : throw new ArgumentException($"a time needs {Length} bytes", nameof(utf8));
    }

    /// <summary>Reads an RFC 3339 time with <c>Z</c> or an offset, to UTC.</summary>
    public static bool TryParse(string text, out DateTime utc)
    {
        // "K" would also take a time without any zone, which RFC 3339 does not know.
        bool hasZone = text.Length > 6 && (text[^1] == 'Z' || text[^6] is '+' or '-');
        if (
            hasZone
            && DateTimeOffset.TryParseExact(
                text,
                Accepted,
                CultureInfo.InvariantCulture,
                DateTimeStyles.None,
                out DateTimeOffset time
            )
        )
        {
            utc = time.UtcDateTime;
            return true;
        }

        utc = default;
        return false;
    }
}

/// <summary>Makes every <see cref="DateTime"/> of a message a <see cref="Timestamp"/>.</summary>
public sealed class TimestampConverter : JsonConverter<DateTime>
{
    /// <inheritdoc/>
    public override DateTime Read(
        ref Utf8JsonReader reader,
        Type typeToConvert,
        JsonSerializerOptions options
    ) =>
        reader.GetString() is { } text && Timestamp.TryParse(text, out DateTime utc)
            ? utc
            : throw new JsonException(
                "expected an RFC 3339 time such as 2026-11-23T04:18:27.412345Z"
            );

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, DateTime value, JsonSerializerOptions options)
    {
        Span<byte> utf8 = stackalloc byte[Timestamp.Length];
        writer.WriteStringValue(utf8[..Timestamp.Format(value, utf8)]);
    }
}

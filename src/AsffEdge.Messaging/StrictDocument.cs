using System.Text.Json;
using System.Text.Unicode;

namespace AsffEdge.Messaging;

/// <summary>Reads a whole document from anybody: its size, its depth and its keys are checked before anything is made of it.</summary>
internal static class StrictDocument
{
    /// <summary>Largest revision: what every JSON reader holds exactly.</summary>
    public const long MaxRev = (1L << 53) - 1;

    /// <summary>Most characters of a text for people, of a topic and of a correlation id.</summary>
    public const int LongestText = 256;

    private const string ResponseTopic = "response_topic";
    private const string CorrelationId = "correlation_id";

    /// <summary>Reads a document with exactly known keys.</summary>
    /// <exception cref="DocumentRejectedException">It is no such document; holds what a refusal can name and where it can be answered.</exception>
    public static T Read<T>(
        ReadOnlyMemory<byte> utf8,
        IReadOnlyList<string> keys,
        Func<StrictObject, T> read
    )
    {
        using JsonDocument json = Parse(utf8);
        (long? rev, string? responseTopic, string? correlationId) = Peek(json.RootElement);
        try
        {
            return read(StrictObject.Known(json.RootElement, "", keys));
        }
        catch (DocumentRejectedException rejection)
        {
            throw new DocumentRejectedException(rejection.Code, rejection.Message)
            {
                Rev = rev,
                ResponseTopic = responseTopic,
                CorrelationId = correlationId,
            };
        }
    }

    private static JsonDocument Parse(ReadOnlyMemory<byte> utf8)
    {
        if (utf8.Length > DesiredDocumentReader.MaxBytes)
        {
            throw StrictObject.Bad(
                $"the document has {utf8.Length} bytes; allowed: at most {DesiredDocumentReader.MaxBytes}"
            );
        }

        if (!Utf8.IsValid(utf8.Span))
        {
            throw StrictObject.Bad("the document is not UTF-8");
        }

        try
        {
            return JsonDocument.Parse(
                utf8,
                new JsonDocumentOptions { MaxDepth = DesiredDocumentReader.MaxDepth }
            );
        }
        catch (JsonException error)
        {
            throw StrictObject.Bad(
                $"the document is not JSON of at most {DesiredDocumentReader.MaxDepth} levels (line {error.LineNumber + 1}, byte {error.BytePositionInLine + 1})"
            );
        }
    }

    // So that a refusal can name the revision, and be answered, whatever else is wrong with the document.
    private static (long? Rev, string? ResponseTopic, string? CorrelationId) Peek(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            return default;
        }

        try
        {
            long? rev =
                root.TryGetProperty("rev"u8, out JsonElement value)
                && value.ValueKind == JsonValueKind.Number
                && value.TryGetInt64(out long number)
                && number is > 0 and <= MaxRev
                    ? number
                    : null;
            return (rev, PeekText(root, ResponseTopic), PeekText(root, CorrelationId));
        }
        catch (InvalidOperationException)
        {
            return default; // text that is no Unicode; the strict reader says so
        }
    }

    private static string? PeekText(JsonElement root, string key) =>
        root.TryGetProperty(key, out JsonElement value)
        && value.ValueKind == JsonValueKind.String
        && value.GetString() is { Length: <= LongestText } text
            ? text
            : null;
}

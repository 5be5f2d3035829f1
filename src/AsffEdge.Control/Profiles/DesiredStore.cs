using System.Text;
using System.Text.Json;
using AsffEdge.Messaging;
using Microsoft.Extensions.Logging;

namespace AsffEdge.Control.Profiles;

/// <summary>Keeps the desired document in force of every source over restarts and power cuts: <c>desired.json</c> in the state directory.</summary>
public sealed partial class DesiredStore
{
    private const string FileName = "desired.json";

    private readonly string _path;
    private readonly ILogger _logger;
    private readonly SortedDictionary<string, byte[]> _documents = new(StringComparer.Ordinal);

    /// <summary>Reads what is stored in <paramref name="stateDirectory"/>; what cannot be read is logged and counts as not there.</summary>
    public DesiredStore(string stateDirectory, ILogger<DesiredStore> logger)
    {
        _path = Path.Combine(stateDirectory, FileName);
        _logger = logger;
        Load();
    }

    /// <summary>The stored document of <paramref name="source"/>, or null.</summary>
    public DesiredDocument? Find(string source) =>
        _documents.TryGetValue(source, out byte[]? json) ? DesiredDocumentReader.Read(json) : null;

    /// <summary>Whether <paramref name="document"/> is, key by key, the stored one of <paramref name="source"/>.</summary>
    public bool Holds(string source, DesiredDocument document) =>
        _documents.TryGetValue(source, out byte[]? json)
        && json.AsSpan().SequenceEqual(ToJson(document));

    /// <summary>Stores <paramref name="document"/> as that of <paramref name="source"/>.</summary>
    /// <returns>Null, or why it holds only until the process ends.</returns>
    public string? Put(string source, DesiredDocument document)
    {
        _documents[source] = ToJson(document);
        try
        {
            AtomicFile.Write(_path, Serialize());
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Log.NotStored(_logger, _path, error.Message);
            return $"it could not be stored and will be forgotten at the next start: {error.Message}";
        }
    }

    private static byte[] ToJson(DesiredDocument document) =>
        JsonSerializer.SerializeToUtf8Bytes(document, MessageJson.Wire.DesiredDocument);

    private byte[] Serialize()
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream))
        {
            json.WriteStartObject();
            json.WriteNumber("v", 1);
            json.WriteStartObject("sources");
            foreach ((string source, byte[] document) in _documents)
            {
                json.WritePropertyName(source);
                json.WriteRawValue(document);
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    private void Load()
    {
        try
        {
            if (!File.Exists(_path))
            {
                return;
            }

            using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(_path));
            foreach (
                JsonProperty source in json.RootElement.GetProperty("sources").EnumerateObject()
            )
            {
                byte[] document = Encoding.UTF8.GetBytes(source.Value.GetRawText());
                _documents[source.Name] = ToJson(DesiredDocumentReader.Read(document));
            }
        }
        catch (Exception error)
            when (error
                    is IOException
                        or UnauthorizedAccessException
                        or JsonException
                        or KeyNotFoundException
                        or InvalidOperationException
                        or DocumentRejectedException
            )
        {
            _documents.Clear();
            Log.NotRead(_logger, _path, error.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(
            LogLevel.Warning,
            "{Path} cannot be read, so the local configuration holds: {Reason}"
        )]
        public static partial void NotRead(ILogger logger, string path, string reason);

        [LoggerMessage(
            LogLevel.Error,
            "The desired document could not be written to {Path}: {Reason}"
        )]
        public static partial void NotStored(ILogger logger, string path, string reason);
    }
}

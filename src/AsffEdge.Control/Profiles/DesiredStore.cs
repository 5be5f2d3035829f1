using System.Text.Json;
using AsffEdge.Control.Storage;
using AsffEdge.Messaging;
using Microsoft.Extensions.Logging;

namespace AsffEdge.Control.Profiles;

/// <summary>Keeps a <see cref="DesiredState"/> over restarts and power cuts: <c>desired.json</c> in the state directory.</summary>
public sealed partial class DesiredStore(string stateDirectory, ILogger<DesiredStore> logger)
{
    private const int Version = 2;

    private readonly string _path = Path.Combine(stateDirectory, "desired.json");

    /// <summary>What is stored of the sources in <paramref name="order"/>. What cannot be read is logged and counts as not there.</summary>
    public DesiredState Load(IReadOnlyList<string> order)
    {
        DesiredState empty = new(order);
        try
        {
            if (!File.Exists(_path))
            {
                return empty;
            }

            byte[] json = File.ReadAllBytes(_path);
            StoredState? stored = JsonSerializer.Deserialize(json, StoredJson.Default.StoredState);
            return stored?.V switch
            {
                1 => Read(Upgrade(json), empty),
                Version => Read(stored, empty),
                _ => throw new JsonException($"'v' must be 1 or {Version}"),
            };
        }
        catch (Exception error)
            when (error is IOException or UnauthorizedAccessException or JsonException)
        {
            Log.NotRead(logger, _path, error.Message);
            return empty;
        }
    }

    /// <summary>Stores <paramref name="state"/>.</summary>
    /// <returns>Null, or why it holds only until the process ends.</returns>
    public string? Save(DesiredState state)
    {
        StoredState stored = new(
            Version,
            state.Held.ToDictionary(
                held => held.Key,
                held => new StoredDocument(
                    ToElement(held.Value.Document),
                    held.Value.Starts,
                    held.Value.Failure
                ),
                StringComparer.Ordinal
            ),
            state.LastGood is { } good
                ? new StoredGood(good.Source, ToElement(good.Document))
                : null
        );
        try
        {
            AtomicFile.Write(
                _path,
                JsonSerializer.SerializeToUtf8Bytes(stored, StoredJson.Default.StoredState)
            );
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Log.NotStored(logger, _path, error.Message);
            return $"it could not be stored and will be forgotten at the next start: {error.Message}";
        }
    }

    // Version 1 knew nothing of settling: what it holds was in force.
    private static StoredState Upgrade(byte[] json)
    {
        StoredStateV1 old = JsonSerializer.Deserialize(json, StoredJson.Default.StoredStateV1)!;
        return new StoredState(
            Version,
            old.Sources?.ToDictionary(
                entry => entry.Key,
                entry => new StoredDocument(entry.Value, 0, null),
                StringComparer.Ordinal
            ),
            old.Sources?.TryGetValue(DocumentSource.Agent, out JsonElement document) is true
                ? new StoredGood(DocumentSource.Agent, document)
                : null
        );
    }

    private DesiredState Read(StoredState stored, DesiredState state)
    {
        foreach (string source in state.Order)
        {
            if (
                stored.Sources?.GetValueOrDefault(source) is { } held
                && Read(source, held.Document) is { } document
            )
            {
                state = state with
                {
                    Held = state.Held.SetItem(
                        source,
                        new HeldDocument(document) { Starts = held.Starts, Failure = held.Failure }
                    ),
                };
            }
        }

        return
            stored.LastGood is { } good
            && state.Order.Contains(good.Source)
            && Read(good.Source, good.Document) is { } lastGood
            ? state with
            {
                LastGood = new SourcedDocument(good.Source, lastGood),
            }
            : state;
    }

    private DesiredDocument? Read(string source, JsonElement document)
    {
        if (document.ValueKind == JsonValueKind.Undefined)
        {
            return null;
        }

        try
        {
            return DesiredDocumentReader.Read(
                JsonSerializer.SerializeToUtf8Bytes(document, StoredJson.Default.JsonElement)
            );
        }
        catch (DocumentRejectedException rejection)
        {
            Log.DocumentNotRead(logger, source, _path, rejection.Message);
            return null;
        }
    }

    private static JsonElement ToElement(DesiredDocument document) =>
        JsonSerializer.SerializeToElement(document, MessageJson.Wire.DesiredDocument);

    private static partial class Log
    {
        [LoggerMessage(
            LogLevel.Warning,
            "{Path} cannot be read, so the local configuration holds: {Reason}"
        )]
        public static partial void NotRead(ILogger logger, string path, string reason);

        [LoggerMessage(
            LogLevel.Warning,
            "The document of {Source} in {Path} cannot be read and counts as not there: {Reason}"
        )]
        public static partial void DocumentNotRead(
            ILogger logger,
            string source,
            string path,
            string reason
        );

        [LoggerMessage(
            LogLevel.Error,
            "The desired documents could not be written to {Path}: {Reason}"
        )]
        public static partial void NotStored(ILogger logger, string path, string reason);
    }
}

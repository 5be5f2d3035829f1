using System.Text.Json;
using System.Text.Json.Serialization;

namespace AsffEdge.Control.Profiles;

// The content of desired.json. Documents are kept as they are and read as strictly as when they came.

internal sealed record StoredState(
    int V,
    IReadOnlyDictionary<string, StoredDocument>? Sources,
    StoredGood? LastGood
);

internal sealed record StoredDocument(JsonElement Document, int Starts, DocumentFailure? Failure);

internal sealed record StoredGood(string Source, JsonElement Document);

internal sealed record StoredStateV1(int V, IReadOnlyDictionary<string, JsonElement>? Sources);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(StoredState))]
[JsonSerializable(typeof(StoredStateV1))]
internal sealed partial class StoredJson : JsonSerializerContext;

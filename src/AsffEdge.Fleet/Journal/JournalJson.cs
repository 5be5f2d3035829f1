using System.Text.Json.Serialization;
using AsffEdge.Messaging;

namespace AsffEdge.Fleet.Journal;

/// <summary>JSON of the journal, written as the contract's payloads are.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    Converters = [typeof(TimestampConverter)]
)]
[JsonSerializable(typeof(JournalLine))]
internal sealed partial class JournalJson : JsonSerializerContext;

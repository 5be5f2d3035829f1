using System.Text.Json.Serialization;
using AsffEdge.Fleet.Journal;
using AsffEdge.Messaging;

namespace AsffEdge.Fleet.Rollouts;

/// <summary>JSON of what <c>asff-fleet profile</c> prints.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(TimestampConverter)]
)]
[JsonSerializable(typeof(RolloutReport))]
[JsonSerializable(typeof(PlanReport))]
[JsonSerializable(typeof(HistoryEntry))]
internal sealed partial class RolloutJson : JsonSerializerContext;

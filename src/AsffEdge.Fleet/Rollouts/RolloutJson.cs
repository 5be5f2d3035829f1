using System.Text.Json.Serialization;
using AsffEdge.Fleet.Journal;
using AsffEdge.Fleet.Models;
using AsffEdge.Fleet.Output;
using AsffEdge.Messaging;

namespace AsffEdge.Fleet.Rollouts;

/// <summary>JSON of what <c>asff-fleet profile</c> and <c>asff-fleet model</c> print.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(TimestampConverter)]
)]
[JsonSerializable(typeof(RolloutReport))]
[JsonSerializable(typeof(PlanReport))]
[JsonSerializable(typeof(HistoryEntry))]
[JsonSerializable(typeof(ModelLine))]
[JsonSerializable(typeof(ModelEvent))]
[JsonSerializable(typeof(ModelPlanReport))]
[JsonSerializable(typeof(ModelRolloutReport))]
internal sealed partial class RolloutJson : JsonSerializerContext;

using System.Text.Json.Serialization;

namespace AsffEdge.Messaging;

/// <summary>JSON of the contract's payloads: snake_case, nothing null, no NaN, times as <see cref="Timestamp"/>; readers ignore unknown keys.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(TimestampConverter)]
)]
[JsonSerializable(typeof(StatusMessage))]
[JsonSerializable(typeof(InfoMessage))]
[JsonSerializable(typeof(HealthMessage))]
[JsonSerializable(typeof(CameraStatusMessage))]
[JsonSerializable(typeof(DesiredDocument))]
[JsonSerializable(typeof(ReportedDocument))]
[JsonSerializable(typeof(CommandReply))]
[JsonSerializable(typeof(FrameMessage))]
public sealed partial class MessageJson : JsonSerializerContext;

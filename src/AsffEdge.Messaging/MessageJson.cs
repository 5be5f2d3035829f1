using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace AsffEdge.Messaging;

/// <summary>JSON of the contract's payloads: snake_case, nothing null, no NaN, times as <see cref="Timestamp"/>; readers ignore unknown keys.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
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
[JsonSerializable(typeof(TrackMessage))]
[JsonSerializable(typeof(PingCommand))]
[JsonSerializable(typeof(CameraRestartCommand))]
[JsonSerializable(typeof(SnapshotCommand))]
[JsonSerializable(typeof(ModelReloadCommand))]
[JsonSerializable(typeof(FootageCollectCommand))]
[JsonSerializable(typeof(FootageListCommand))]
[JsonSerializable(typeof(FootagePurgeCommand))]
[JsonSerializable(typeof(ModelStageCommand))]
[JsonSerializable(typeof(ModelActivateCommand))]
[JsonSerializable(typeof(ModelRollbackCommand))]
[JsonSerializable(typeof(ModelsMessage))]
public sealed partial class MessageJson : JsonSerializerContext
{
    /// <summary>
    /// What payloads are written and read with. Unlike <see cref="Default"/> it leaves quotes and letters beyond ASCII readable: payloads are
    /// read by people with a subscriber in a terminal, and never embedded in HTML.
    /// </summary>
    public static MessageJson Wire => Readable.Instance;

    // A class of its own, because Default must have been made before.
    private static class Readable
    {
        internal static readonly MessageJson Instance = new(
            new JsonSerializerOptions(Default.Options)
            {
                TypeInfoResolver = null,
                Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            }
        );
    }
}

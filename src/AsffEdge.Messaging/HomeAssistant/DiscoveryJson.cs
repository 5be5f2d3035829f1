using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace AsffEdge.Messaging.HomeAssistant;

/// <summary>JSON of <see cref="DiscoveryPayload"/>: snake_case, nothing null.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(DiscoveryPayload))]
internal sealed partial class DiscoveryJson : JsonSerializerContext
{
    /// <summary>Writes templates readable, quotes and all.</summary>
    public static byte[] Serialize(DiscoveryPayload payload) =>
        JsonSerializer.SerializeToUtf8Bytes(payload, Readable.Instance.DiscoveryPayload);

    // A class of its own, because Default must have been made before.
    private static class Readable
    {
        internal static readonly DiscoveryJson Instance = new(
            new JsonSerializerOptions(Default.Options)
            {
                TypeInfoResolver = null,
                Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            }
        );
    }
}

using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using AsffEdge.Messaging;

namespace AsffEdge.Fleet.Output;

/// <summary>The tool's JSON, written as the contract's payloads are: snake_case, nothing null.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(TimestampConverter)]
)]
[JsonSerializable(typeof(AgentLine))]
[JsonSerializable(typeof(Simulation.SimulationStatus))]
internal sealed partial class FleetJson : JsonSerializerContext
{
    private static readonly JsonWriterOptions Readable = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Writes <paramref name="value"/> as one line.</summary>
    public static void WriteLine<T>(TextWriter output, T value, JsonTypeInfo<T> type)
    {
        using MemoryStream line = new();
        using (Utf8JsonWriter json = new(line, Readable))
        {
            JsonSerializer.Serialize(json, value, type);
        }

        output.WriteLine(
            System.Text.Encoding.UTF8.GetString(line.GetBuffer(), 0, (int)line.Length)
        );
    }
}

using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using AsffEdge.Fleet.Requests;
using AsffEdge.Fleet.State;
using AsffEdge.Messaging;

namespace AsffEdge.Fleet.Output;

/// <summary>The tool's JSON, written as the contract's payloads are: snake_case, nothing null.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    Converters = [typeof(TimestampConverter)]
)]
[JsonSerializable(typeof(AgentLine))]
[JsonSerializable(typeof(Simulation.SimulationStatus))]
[JsonSerializable(typeof(AgentChange))]
[JsonSerializable(typeof(AnswerLine))]
[JsonSerializable(typeof(MessageLine))]
[JsonSerializable(typeof(KnownNames))]
internal sealed partial class FleetJson : JsonSerializerContext
{
    private static readonly JsonWriterOptions Readable = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Writes <paramref name="value"/> as one line.</summary>
    public static void WriteLine<T>(TextWriter output, T value, JsonTypeInfo<T> type) =>
        output.WriteLine(Line(value, type));

    /// <summary><paramref name="value"/> as one line, without its end.</summary>
    public static string Line<T>(T value, JsonTypeInfo<T> type)
    {
        using MemoryStream line = new();
        using (Utf8JsonWriter json = new(line, Readable))
        {
            JsonSerializer.Serialize(json, value, type);
        }

        return Encoding.UTF8.GetString(line.GetBuffer(), 0, (int)line.Length);
    }
}

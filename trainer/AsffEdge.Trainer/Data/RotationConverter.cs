using System.Text.Json;
using System.Text.Json.Serialization;

namespace AsffEdge.Trainer.Data;

/// <summary>Reads <c>rotation</c>, in degrees, from an annotation's <c>attributes</c>, as CVAT writes it for every rectangle; whatever else stands there is left aside.</summary>
internal sealed class RotationConverter : JsonConverter<double>
{
    private const string Name = "rotation";

    /// <inheritdoc/>
    public override bool HandleNull => true;

    /// <inheritdoc/>
    public override double Read(
        ref Utf8JsonReader reader,
        Type typeToConvert,
        JsonSerializerOptions options
    )
    {
        double degrees = 0;
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return degrees;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool isRotation = reader.ValueTextEquals(Name);
            reader.Read();
            if (isRotation && reader.TokenType == JsonTokenType.Number)
            {
                degrees = reader.GetDouble();
            }

            reader.Skip();
        }

        return degrees;
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        writer.WriteNumber(Name, value);
        writer.WriteEndObject();
    }
}

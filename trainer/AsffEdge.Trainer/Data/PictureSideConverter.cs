using System.Text.Json;
using System.Text.Json.Serialization;

namespace AsffEdge.Trainer.Data;

/// <summary>A picture's width or height: <c>null</c>, as Label Studio writes it for a picture that it cannot open, is 0.</summary>
internal sealed class PictureSideConverter : JsonConverter<int>
{
    /// <inheritdoc/>
    public override bool HandleNull => true;

    /// <inheritdoc/>
    public override int Read(
        ref Utf8JsonReader reader,
        Type typeToConvert,
        JsonSerializerOptions options
    ) => reader.TokenType == JsonTokenType.Null ? 0 : reader.GetInt32();

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, int value, JsonSerializerOptions options) =>
        writer.WriteNumberValue(value);
}

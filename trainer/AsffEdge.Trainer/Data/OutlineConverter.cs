using System.Text.Json;
using System.Text.Json.Serialization;

namespace AsffEdge.Trainer.Data;

/// <summary>Whether an annotation has an outline (<c>segmentation</c>); the outline itself is left aside. No outline is written as an empty list.</summary>
internal sealed class OutlineConverter : JsonConverter<bool>
{
    /// <inheritdoc/>
    public override bool HandleNull => true;

    /// <inheritdoc/>
    public override bool Read(
        ref Utf8JsonReader reader,
        Type typeToConvert,
        JsonSerializerOptions options
    )
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            bool isMask = reader.TokenType == JsonTokenType.StartObject;
            reader.Skip();
            return isMask;
        }

        int items = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            reader.Skip();
            items++;
        }

        return items > 0;
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, bool value, JsonSerializerOptions options) =>
        throw new NotSupportedException("outlines are not kept");
}

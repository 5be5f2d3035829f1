using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using AsffEdge.Messaging;

namespace AsffEdge.Fleet.State;

/// <summary>
/// Reads the contract's messages from anybody. A message with a null, or without what its record cannot be without, is refused here; left to
/// itself, the serializer makes that null, and the tool ends where it is shown.
/// </summary>
internal static class WholeJson
{
    private static readonly JsonSerializerOptions Options = new(MessageJson.Wire.Options)
    {
        TypeInfoResolver = MessageJson.Default.WithAddedModifier(Require),
    };

    /// <summary>Reads a message.</summary>
    /// <exception cref="JsonException">It is not whole.</exception>
    public static T? Read<T>(ReadOnlySequence<byte> payload)
    {
        Utf8JsonReader tokens = new(payload);
        while (tokens.Read())
        {
            if (tokens.TokenType == JsonTokenType.Null)
            {
                throw new JsonException("null; what does not apply is left out");
            }
        }

        Utf8JsonReader reader = new(payload);
        return JsonSerializer.Deserialize(
            ref reader,
            (JsonTypeInfo<T>)Options.GetTypeInfo(typeof(T))
        );
    }

    private static void Require(JsonTypeInfo type)
    {
        foreach (JsonPropertyInfo property in type.Properties)
        {
            property.IsRequired |=
                property is { IsSetNullable: false, AssociatedParameter.HasDefaultValue: false }
                && !property.PropertyType.IsValueType;
        }
    }
}

using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;

namespace AsffEdge.Messaging.Tests.Schemas;

/// <summary>The JSON Schema of every message, made from its record: what is not nullable there is required, and null is nowhere.</summary>
internal static class MessageSchemas
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>The messages by the name of their schema.</summary>
    public static IReadOnlyDictionary<string, JsonTypeInfo> Types { get; } =
        new Dictionary<string, JsonTypeInfo>
        {
            ["status"] = MessageJson.Wire.StatusMessage,
            ["info"] = MessageJson.Wire.InfoMessage,
            ["health"] = MessageJson.Wire.HealthMessage,
            ["camera-status"] = MessageJson.Wire.CameraStatusMessage,
            ["detections"] = MessageJson.Wire.FrameMessage,
            ["desired"] = MessageJson.Wire.DesiredDocument,
            ["reported"] = MessageJson.Wire.ReportedDocument,
            ["reply"] = MessageJson.Wire.CommandReply,
        };

    /// <summary>The schema of a message.</summary>
    public static JsonNode Make(string name)
    {
        JsonObject schema = (JsonObject)
            Types[name]
                .GetJsonSchemaAsNode(
                    new JsonSchemaExporterOptions { TransformSchemaNode = Transform }
                );
        schema.Insert(0, "$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.Insert(1, "title", $"asff-edge {name}, version 1");
        if (name == "desired")
        {
            Close(schema);
        }

        return schema;
    }

    /// <summary>The schema as the file holds it.</summary>
    public static string ToText(JsonNode schema) => schema.ToJsonString(Indented) + "\n";

    private static JsonNode Transform(JsonSchemaExporterContext context, JsonNode schema)
    {
        Type type = Nullable.GetUnderlyingType(context.TypeInfo.Type) ?? context.TypeInfo.Type;
        if (type == typeof(DateTime))
        {
            return new JsonObject { ["type"] = "string", ["format"] = "date-time" };
        }

        if (schema is not JsonObject json)
        {
            return schema;
        }

        if (json["type"] is JsonArray types)
        {
            json["type"] = types
                .First(node => node!.GetValue<string>() != "null")!
                .GetValue<string>();
        }

        if (json["enum"] is JsonArray values)
        {
            json["enum"] = new JsonArray([
                .. values.Where(value => value is not null).Select(value => value!.DeepClone()),
            ]);
        }

        if (context.TypeInfo.Kind == JsonTypeInfoKind.Object)
        {
            string[] required =
            [
                .. context
                    .TypeInfo.Properties.Where(IsAlwaysThere)
                    .Select(property => property.Name),
            ];
            json["required"] = new JsonArray([.. required.Select(name => (JsonNode)name)]);
        }

        return json;
    }

    private static bool IsAlwaysThere(JsonPropertyInfo property) =>
        property.PropertyType.IsValueType
            ? Nullable.GetUnderlyingType(property.PropertyType) is null
            : !property.IsGetNullable;

    // Readers ignore keys they do not know; the agent rejects them in what it is sent.
    private static void Close(JsonObject schema)
    {
        if (schema["properties"] is JsonObject properties)
        {
            schema["additionalProperties"] = false;
            foreach ((_, JsonNode? property) in properties)
            {
                Close((JsonObject)property!);
            }
        }
        else if (schema["additionalProperties"] is JsonObject values)
        {
            Close(values);
        }
    }
}

using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;

namespace AsffEdge.Messaging.Tests.Schemas;

/// <summary>
/// The JSON Schema of every message, made from its record: descriptions from its documentation, limits from its attributes; what is not
/// nullable there is required, and null is nowhere.
/// </summary>
internal static class MessageSchemas
{
    private const string ProfileSet = "command-profile-set";

    private static readonly JsonSerializerOptions Indented = new(JsonSerializerOptions.Default)
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static readonly Dictionary<string, JsonTypeInfo> Published = new()
    {
        ["status"] = MessageJson.Wire.StatusMessage,
        ["info"] = MessageJson.Wire.InfoMessage,
        ["health"] = MessageJson.Wire.HealthMessage,
        ["camera-status"] = MessageJson.Wire.CameraStatusMessage,
        ["detections"] = MessageJson.Wire.FrameMessage,
        ["events"] = MessageJson.Wire.TrackMessage,
        ["reported"] = MessageJson.Wire.ReportedDocument,
        ["reply"] = MessageJson.Wire.CommandReply,
        ["models"] = MessageJson.Wire.ModelsMessage,
    };

    // What the agent is sent and reads strictly. The command profile.set has no JSON of its own: see Make.
    private static readonly Dictionary<string, JsonTypeInfo> Taken = new()
    {
        ["desired"] = MessageJson.Wire.DesiredDocument,
        ["command-ping"] = MessageJson.Wire.PingCommand,
        ["command-model-reload"] = MessageJson.Wire.ModelReloadCommand,
        ["command-camera-restart"] = MessageJson.Wire.CameraRestartCommand,
        ["command-snapshot"] = MessageJson.Wire.SnapshotCommand,
        ["command-footage-collect"] = MessageJson.Wire.FootageCollectCommand,
        ["command-footage-list"] = MessageJson.Wire.FootageListCommand,
        ["command-footage-purge"] = MessageJson.Wire.FootagePurgeCommand,
        ["command-model-stage"] = MessageJson.Wire.ModelStageCommand,
        ["command-model-activate"] = MessageJson.Wire.ModelActivateCommand,
        ["command-model-rollback"] = MessageJson.Wire.ModelRollbackCommand,
    };

    /// <summary>What is read with <see cref="JsonSerializer"/>, by the name of its schema.</summary>
    public static IReadOnlyDictionary<string, JsonTypeInfo> Read => Published;

    /// <summary>The names of the schemas.</summary>
    public static IEnumerable<string> Names => [.. Published.Keys, .. Taken.Keys, ProfileSet];

    /// <summary>The schema of a message.</summary>
    public static JsonObject Make(string name)
    {
        JsonObject schema = name switch
        {
            ProfileSet => WithKeysOf(Make("desired"), Make("command-ping")),
            _ when Taken.TryGetValue(name, out JsonTypeInfo? taken) => Closed(Export(taken)),
            _ => Export(Published[name]),
        };
        schema.Remove("$schema");
        schema.Remove("title");
        schema.Insert(0, "$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.Insert(1, "title", $"asff-edge {name}, version 1");
        return (JsonObject)JsonNode.Parse(ToText(schema))!;
    }

    /// <summary>The schema as the file holds it.</summary>
    public static string ToText(JsonNode schema) => schema.ToJsonString(Indented) + "\n";

    private static JsonObject Export(JsonTypeInfo type) =>
        (JsonObject)
            type.GetJsonSchemaAsNode(
                new JsonSchemaExporterOptions { TransformSchemaNode = Transform }
            );

    private static JsonObject Transform(JsonSchemaExporterContext context, JsonNode schema)
    {
        Type type = Nullable.GetUnderlyingType(context.TypeInfo.Type) ?? context.TypeInfo.Type;
        JsonObject json =
            type == typeof(DateTime)
                ? new JsonObject { ["type"] = "string", ["format"] = "date-time" }
                : (JsonObject)schema;
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

        if (context.PropertyInfo is { } property)
        {
            SchemaLimits.Apply(property, json);
            json.Insert(0, "description", RecordDocumentation.Of(property));
        }
        else if (context.Path.IsEmpty)
        {
            json.Insert(0, "description", RecordDocumentation.Of(type));
        }

        return json;
    }

    private static bool IsAlwaysThere(JsonPropertyInfo property) =>
        property.PropertyType.IsValueType
            ? Nullable.GetUnderlyingType(property.PropertyType) is null
            : !property.IsGetNullable;

    // Readers ignore keys they do not know; the agent rejects them in what it is sent.
    private static JsonObject Closed(JsonObject schema)
    {
        if (schema["properties"] is JsonObject properties)
        {
            schema["additionalProperties"] = false;
            foreach ((_, JsonNode? property) in properties)
            {
                Closed((JsonObject)property!);
            }
        }
        else if (schema["additionalProperties"] is JsonObject values)
        {
            Closed(values);
        }

        return schema;
    }

    private static JsonObject WithKeysOf(JsonObject schema, JsonObject other)
    {
        schema["description"] = RecordDocumentation.Of(typeof(ProfileSetCommand));
        JsonObject properties = (JsonObject)schema["properties"]!;
        foreach ((string name, JsonNode? property) in (JsonObject)other["properties"]!)
        {
            properties[name] = property!.DeepClone();
        }

        return schema;
    }
}

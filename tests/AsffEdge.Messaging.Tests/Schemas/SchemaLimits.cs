using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace AsffEdge.Messaging.Tests.Schemas;

/// <summary>Writes what the attributes of a record's property demand as keywords of JSON Schema.</summary>
internal static class SchemaLimits
{
    /// <summary>Adds the keywords for <paramref name="property"/> to its schema.</summary>
    public static void Apply(JsonPropertyInfo property, JsonObject schema)
    {
        foreach (object attribute in Attributes(property))
        {
            switch (attribute)
            {
                case NetworkSizeAttribute size:
                    AddRange(size, schema);
                    schema["multipleOf"] = DesiredDocumentReader.SizeStep;
                    break;
                case RangeAttribute range:
                    AddRange(range, (JsonObject?)schema["items"] ?? schema);
                    break;
                case RegularExpressionAttribute expression:
                    AddPattern(expression.Pattern, schema);
                    break;
                case MaxLengthAttribute longest:
                    string keyword = IsObject(schema) ? "maxProperties" : "maxLength";
                    schema[keyword] = longest.Length;
                    break;
                case LengthAttribute length:
                    schema["minItems"] = length.MinimumLength;
                    schema["maxItems"] = length.MaximumLength;
                    break;
                case AllowedValuesAttribute allowed:
                    schema["enum"] = new JsonArray([
                        .. allowed.Values.Select(value => JsonSerializer.SerializeToNode(value)),
                    ]);
                    break;
            }
        }
    }

    private static IEnumerable<object> Attributes(JsonPropertyInfo property) =>
        new[] { property.AttributeProvider, property.AssociatedParameter?.AttributeProvider }
            .OfType<ICustomAttributeProvider>()
            .SelectMany(provider => provider.GetCustomAttributes(inherit: true));

    private static bool IsObject(JsonObject schema) =>
        schema["type"]!.GetValue<string>() == "object";

    private static void AddRange(RangeAttribute range, JsonObject schema)
    {
        double most = Convert.ToDouble(range.Maximum, null);
        schema["minimum"] = Number(Convert.ToDouble(range.Minimum, null));
        if (double.IsFinite(most))
        {
            schema["maximum"] = Number(most);
        }
    }

    private static void AddPattern(string pattern, JsonObject schema)
    {
        if (IsObject(schema))
        {
            schema["propertyNames"] = new JsonObject { ["pattern"] = pattern };
        }
        else
        {
            ((JsonObject?)schema["items"] ?? schema)["pattern"] = pattern;
        }
    }

    // Whole numbers as such: 1 and not 1E+0.
    private static JsonValue Number(double value) =>
        value == Math.Truncate(value) ? JsonValue.Create((long)value) : JsonValue.Create(value);
}

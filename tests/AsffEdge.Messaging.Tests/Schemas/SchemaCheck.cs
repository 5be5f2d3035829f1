using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace AsffEdge.Messaging.Tests.Schemas;

/// <summary>Checks JSON against the part of JSON Schema that <see cref="MessageSchemas"/> uses, and refuses schemas that use more.</summary>
internal static class SchemaCheck
{
    /// <summary>What is wrong with <paramref name="value"/>; empty when nothing is.</summary>
    public static IEnumerable<string> Problems(
        JsonNode schema,
        JsonElement value,
        string path = "$"
    )
    {
        foreach ((string keyword, JsonNode? operand) in (JsonObject)schema)
        {
            IEnumerable<string> problems = keyword switch
            {
                "$schema" or "title" or "description" => [],
                "type" => Is(value, operand!.GetValue<string>()) ? [] : [$"{path} is no {operand}"],
                "format" => Timestamp.TryParse(value.GetString()!, out _)
                    ? []
                    : [$"{path} is no time"],
                "enum" => ((JsonArray)operand!).Any(choice =>
                    choice!.ToJsonString() == value.GetRawText()
                )
                    ? []
                    : [$"{path} is none of {operand!.ToJsonString()}"],
                "minimum" => value.GetDouble() >= operand!.GetValue<double>()
                    ? []
                    : [$"{path} is less than {operand}"],
                "maximum" => value.GetDouble() <= operand!.GetValue<double>()
                    ? []
                    : [$"{path} is more than {operand}"],
                "multipleOf" => value.GetInt64() % operand!.GetValue<int>() == 0
                    ? []
                    : [$"{path} is no multiple of {operand}"],
                "pattern" => IsWhole(operand!.GetValue<string>(), value.GetString()!)
                    ? []
                    : [$"{path} does not match {operand}"],
                "maxLength" => value.GetString()!.EnumerateRunes().Count()
                <= operand!.GetValue<int>()
                    ? []
                    : [$"{path} is longer than {operand}"],
                "minItems" => value.GetArrayLength() >= operand!.GetValue<int>()
                    ? []
                    : [$"{path} has fewer than {operand} items"],
                "maxItems" => value.GetArrayLength() <= operand!.GetValue<int>()
                    ? []
                    : [$"{path} has more than {operand} items"],
                "maxProperties" => value.EnumerateObject().Count() <= operand!.GetValue<int>()
                    ? []
                    : [$"{path} has more than {operand} keys"],
                "propertyNames" => value
                    .EnumerateObject()
                    .SelectMany(member =>
                        Problems(
                            operand!,
                            JsonSerializer.SerializeToElement(member.Name),
                            $"the key {path}.{member.Name}"
                        )
                    ),
                "required" => ((JsonArray)operand!)
                    .Select(name => name!.GetValue<string>())
                    .Where(name => !value.TryGetProperty(name, out _))
                    .Select(name => $"{path}.{name} is missing"),
                "properties" => ((JsonObject)operand!).SelectMany(property =>
                    value.TryGetProperty(property.Key, out JsonElement member)
                        ? Problems(property.Value!, member, $"{path}.{property.Key}")
                        : []
                ),
                "items" => value
                    .EnumerateArray()
                    .SelectMany(item => Problems(operand!, item, path + "[]")),
                "additionalProperties" => value
                    .EnumerateObject()
                    .Where(member => schema["properties"]?[member.Name] is null)
                    .SelectMany(member =>
                        operand is JsonObject inner
                            ? Problems(inner, member.Value, $"{path}.{member.Name}")
                            : [$"{path}.{member.Name} is not allowed"]
                    ),
                _ => throw new NotSupportedException(
                    $"the check does not know the keyword {keyword}"
                ),
            };
            List<string> found = [.. problems];
            foreach (string problem in found)
            {
                yield return problem;
            }

            if (keyword == "type" && found.Count > 0)
            {
                yield break; // the other keywords would only stumble over it
            }
        }
    }

    // .NET's $ lets a last line feed pass, that of JSON Schema does not; every pattern here is for the whole text.
    private static bool IsWhole(string pattern, string text) =>
        Regex.Match(text, pattern) is { Success: true } match && match.Length == text.Length;

    private static bool Is(JsonElement value, string type) =>
        type switch
        {
            "object" => value.ValueKind == JsonValueKind.Object,
            "array" => value.ValueKind == JsonValueKind.Array,
            "string" => value.ValueKind == JsonValueKind.String,
            "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
            "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
            "number" => value.ValueKind == JsonValueKind.Number,
            _ => throw new NotSupportedException($"the check does not know the type {type}"),
        };
}

using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace AsffEdge.Messaging.Tests.Schemas;

/// <summary>Messages made from a schema: one with every key, and that one with a single thing changed, good or bad.</summary>
internal static class SchemaSamples
{
    private const string Time = "2026-11-23T05:00:00Z";
    private static readonly string[] Texts =
    [
        "a",
        new('0', 6),
        new('0', 64),
        "agent",
        "000000-1",
        "2026-03-01",
    ];

    /// <summary>A message that has every key the schema knows.</summary>
    public static JsonNode Full(JsonNode schema) =>
        schema["enum"] is JsonArray values
            ? values[0]!.DeepClone()
            : schema["type"]!.GetValue<string>() switch
            {
                "object" => FullObject(schema),
                "array" => new JsonArray([
                    .. Enumerable
                        .Range(0, schema["minItems"]?.GetValue<int>() ?? 1)
                        .Select(_ => Full(schema["items"]!)),
                ]),
                "string" when schema["format"] is not null => Time,
                "string" => Text(schema["pattern"]),
                "boolean" => true,
                _ => schema["minimum"]?.DeepClone() ?? 1,
            };

    /// <summary>
    /// Messages that differ from <paramref name="message"/> in one place: a key left out, one too many, a value of every kind, and what
    /// lies on, next to and beyond each limit of the schema.
    /// </summary>
    public static IEnumerable<JsonNode> Variants(JsonNode schema, JsonNode message)
    {
        foreach (JsonNode value in Values(schema))
        {
            yield return value;
        }

        if (message is JsonObject members)
        {
            yield return With(members, "x", 1);
            yield return With(members, "No id!", Full(Member(schema, "a") ?? schema));
            foreach ((string name, JsonNode? member) in members)
            {
                JsonObject without = members.DeepClone().AsObject();
                without.Remove(name);
                yield return without;
                foreach (JsonNode variant in Variants(Member(schema, name)!, member!))
                {
                    yield return With(members, name, variant);
                }
            }

            if (schema["maxProperties"]?.GetValue<int>() is { } most)
            {
                yield return Many(members, most);
                yield return Many(members, most + 1);
            }
        }
        else if (message is JsonArray items)
        {
            yield return new JsonArray([.. items.Select(item => item!.DeepClone()), 1]);
            foreach (JsonNode variant in Variants(schema["items"]!, items[0]!))
            {
                yield return new JsonArray([
                    variant.DeepClone(),
                    .. items.Skip(1).Select(item => item!.DeepClone()),
                ]);
            }
        }
    }

    private static JsonObject FullObject(JsonNode schema) =>
        schema["properties"] is JsonObject properties
            ? new JsonObject(
                properties.Select(property =>
                    KeyValuePair.Create(property.Key, (JsonNode?)Full(property.Value!))
                )
            )
            : new JsonObject
            {
                [Text(schema["propertyNames"]?["pattern"])] = Full(schema["additionalProperties"]!),
            };

    private static string Text(JsonNode? pattern) =>
        Texts.First(text => pattern is null || Regex.IsMatch(text, pattern.GetValue<string>()));

    private static JsonNode? Member(JsonNode schema, string name) =>
        schema["properties"]?[name] ?? schema["additionalProperties"] as JsonObject;

    private static JsonObject With(JsonObject members, string name, JsonNode value)
    {
        JsonObject changed = members.DeepClone().AsObject();
        changed[name] = value.DeepClone();
        return changed;
    }

    private static JsonObject Many(JsonObject members, int count) =>
        new(
            Enumerable
                .Range(0, count)
                .Select(index =>
                    KeyValuePair.Create($"a{index}", (JsonNode?)members["a"]!.DeepClone())
                )
        );

    private static List<JsonNode> Values(JsonNode schema)
    {
        List<JsonNode> values =
        [
            true,
            -1,
            0,
            0.5,
            1,
            1e300,
            "",
            "a",
            "A",
            "a\n",
            "../../a",
            "group:a",
            new string('a', 48),
            new string('a', 49),
            new string('ä', 256),
            new string('a', 257),
            Time,
            "2026-11-23T05:00:00.123456+01:00",
            "2026-11-23",
            new JsonObject(),
            new JsonArray(),
        ];
        foreach (string limit in (string[])["minimum", "maximum"])
        {
            if (schema[limit]?.GetValue<double>() is { } edge)
            {
                double step = schema["multipleOf"]?.GetValue<double>() ?? 1;
                values.AddRange([edge, edge - step, edge + step, edge - 0.001, edge + 0.001]);
                values.AddRange([(long)edge, (long)edge - 1, (long)edge + 1, (long)(edge - step)]);
            }
        }

        return values;
    }
}

using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace AsffEdge.Tests.HomeAssistant;

/// <summary>Checks a discovery payload against <see cref="DiscoveryFacts"/>.</summary>
internal static partial class DiscoveryCheck
{
    private static readonly string[] RootKeys = ["device", "origin", "components"];

    /// <summary>What Home Assistant would refuse or ignore; empty when nothing.</summary>
    public static List<string> Problems(JsonElement payload)
    {
        List<string> problems =
        [
            .. payload
                .EnumerateObject()
                .Where(member => !RootKeys.Contains(member.Name))
                .Select(member => $"{member.Name} is unknown"),
        ];
        foreach (string missing in RootKeys.Where(key => !payload.TryGetProperty(key, out _)))
        {
            return [.. problems, $"{missing} is missing"];
        }

        JsonElement device = payload.GetProperty("device");
        problems.AddRange(OfKeys("device", device, DiscoveryFacts.Device));
        if (!device.TryGetProperty("identifiers", out JsonElement ids) || ids.GetArrayLength() == 0)
        {
            problems.Add("device.identifiers is missing");
        }

        JsonElement origin = payload.GetProperty("origin");
        problems.AddRange(OfKeys("origin", origin, DiscoveryFacts.Origin));
        problems.AddRange(Missing("origin", origin, ["name"]));
        JsonProperty[] components = [.. payload.GetProperty("components").EnumerateObject()];
        problems.AddRange(components.SelectMany(entry => OfComponent(entry.Name, entry.Value)));
        problems.AddRange(
            components
                .Where(entry => entry.Value.TryGetProperty("unique_id", out _))
                .GroupBy(entry => entry.Value.GetProperty("unique_id").GetString())
                .Where(group => group.Count() > 1)
                .Select(group => $"the unique_id {group.Key} is there twice")
        );
        return problems;
    }

    private static List<string> OfComponent(string name, JsonElement component)
    {
        if (!component.TryGetProperty("platform", out JsonElement platformValue))
        {
            return [$"{name}.platform is missing"];
        }

        string platform = platformValue.GetString()!;
        if (!DiscoveryFacts.Platform.TryGetValue(platform, out Dictionary<string, string>? own))
        {
            return [$"{name}.platform {platform} is unknown"];
        }

        if (component.EnumerateObject().Count() == 1)
        {
            return []; // removes the entity
        }

        List<string> problems =
        [
            .. OfKeys(name, component, DiscoveryFacts.Entity.Concat(own).ToDictionary()),
            .. Missing(name, component, ["unique_id", .. DiscoveryFacts.Required[platform]]),
        ];
        bool isReadOnly = platform is "sensor" or "binary_sensor";
        if (isReadOnly && Value(component, "entity_category") == "config")
        {
            problems.Add($"{name}.entity_category must not be config");
        }

        if (
            Value(component, "device_class") is { } deviceClass
            && DiscoveryFacts.Units.TryGetValue(deviceClass, out string[]? units)
            && !units.Contains(Value(component, "unit_of_measurement"))
        )
        {
            problems.Add($"{name}.unit_of_measurement is none of {deviceClass}");
        }

        string[] numeric =
        [
            .. new[] { "state_class", "unit_of_measurement" }.Where(key =>
                component.TryGetProperty(key, out _)
            ),
        ];
        bool isNumeric = numeric.Length > 0;
        if (isNumeric && DiscoveryFacts.NotNumeric.Contains(Value(component, "device_class")))
        {
            problems.Add($"{name}.{numeric[0]} is for numbers");
        }

        if (component.TryGetProperty("options", out JsonElement options))
        {
            if (options.ValueKind == JsonValueKind.Array && options.GetArrayLength() == 0)
            {
                problems.Add($"{name}.options is empty");
            }

            if (platform == "sensor" && (isNumeric || Value(component, "device_class") != "enum"))
            {
                problems.Add($"{name}.options is for sensors of the class enum");
            }
        }

        return problems;
    }

    private static string? Value(JsonElement component, string key) =>
        component.TryGetProperty(key, out JsonElement value) ? value.GetString() : null;

    private static IEnumerable<string> Missing(string name, JsonElement element, string[] keys) =>
        keys.Where(key => !element.TryGetProperty(key, out _))
            .Select(key => $"{name}.{key} is missing");

    private static IEnumerable<string> OfKeys(
        string name,
        JsonElement element,
        Dictionary<string, string> kinds
    )
    {
        foreach (JsonProperty member in element.EnumerateObject())
        {
            if (!kinds.TryGetValue(member.Name, out string? kind))
            {
                yield return $"{name}.{member.Name} is unknown";
            }
            else if (!Is(member.Value, kind))
            {
                yield return $"{name}.{member.Name} is no {kind}";
            }
        }
    }

    private static bool Is(JsonElement value, string kind) =>
        kind switch
        {
            "text" => value.ValueKind == JsonValueKind.String && value.GetString() != "",
            "template" => value.ValueKind == JsonValueKind.String
                && value.GetString()!.Contains("{{", StringComparison.Ordinal),
            "icon" => value.ValueKind == JsonValueKind.String
                && value.GetString()!.Contains(':', StringComparison.Ordinal),
            "topic" => value.ValueKind == JsonValueKind.String
                && Topic().IsMatch(value.GetString()!)
                && Encoding.UTF8.GetByteCount(value.GetString()!) <= 65_535,
            "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
            "whole" => value.ValueKind == JsonValueKind.Number
                && value.TryGetInt32(out int number)
                && number >= 0,
            "texts" => value.ValueKind == JsonValueKind.Array
                && value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String),
            _ => kind.Split(' ').Contains(value.ToString()),
        };

    // Without wildcards, control characters and the code points that are no characters.
    [GeneratedRegex(@"\A[^+#\p{Cc}\uFDD0-\uFDEF\uFFFE\uFFFF]+\z")]
    private static partial Regex Topic();
}

using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace AsffEdge.Messaging.Tests.Schemas;

/// <summary>
/// The schemas in <c>docs/schemas</c> are those of the records, and agree with the messages in <c>docs/mqtt.md</c>, which an agent printed:
/// these pass, and damaged ones do not. ASFF_WRITE_SCHEMAS=1 writes the files.
/// </summary>
public sealed partial class MessageSchemaTests
{
    private static readonly string Folder = Path.Combine(Repository.Root, "docs", "schemas");

    public static TheoryData<string> Names => [.. MessageSchemas.Types.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_file_is_the_schema_of_the_record(string name)
    {
        string file = Path.Combine(Folder, $"{name}.json");
        string schema = MessageSchemas.ToText(MessageSchemas.Make(name));
        if (Environment.GetEnvironmentVariable("ASFF_WRITE_SCHEMAS") == "1")
        {
            Directory.CreateDirectory(Folder);
            File.WriteAllText(file, schema);
        }

        Assert.Equal(schema, File.ReadAllText(file));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_messages_of_the_documentation_pass_and_damaged_ones_do_not(string name)
    {
        JsonNode schema = MessageSchemas.Make(name);
        List<JsonElement> examples = [.. Examples().Where(example => Kind(example) == name)];

        Assert.NotEmpty(examples);
        foreach (JsonElement example in examples)
        {
            Assert.Empty(SchemaCheck.Problems(schema, example));
            foreach (JsonProperty member in example.EnumerateObject())
            {
                JsonObject wrong = JsonObject.Create(example)!;
                wrong[member.Name] =
                    member.Value.ValueKind == JsonValueKind.Array ? 1 : new JsonArray();
                Assert.NotEmpty(SchemaCheck.Problems(schema, Element(wrong)));
            }

            foreach (
                string required in schema["required"]!
                    .AsArray()
                    .Select(key => key!.GetValue<string>())
            )
            {
                JsonObject without = JsonObject.Create(example)!;
                without.Remove(required);
                Assert.NotEmpty(SchemaCheck.Problems(schema, Element(without)));
            }
        }
    }

    [Fact]
    public void The_schema_of_desired_documents_and_the_strict_reader_agree_on_keys()
    {
        JsonNode schema = MessageSchemas.Make("desired");
        foreach (
            string json in (string[])
                [
                    """{"v":1,"rev":1,"profile":"fast","x":1}""",
                    """{"v":1,"rev":1,"profile":"fast","profiles":{"a":{"size":320,"x":1}}}""",
                    """{"v":1,"rev":1,"profile":"fast","cameras":{"a":{"profile":"b","x":1}}}""",
                    """{"v":1,"rev":1,"profile":"fast","policy":{"x":1}}""",
                ]
        )
        {
            Assert.Contains(
                SchemaCheck.Problems(schema, JsonDocument.Parse(json).RootElement),
                problem => problem.EndsWith(".x is not allowed", StringComparison.Ordinal)
            );
            Assert.Throws<DocumentRejectedException>(() =>
                DesiredDocumentReader.Read(System.Text.Encoding.UTF8.GetBytes(json))
            );
        }
    }

    [Fact]
    public void The_documents_of_the_documentation_are_taken()
    {
        List<JsonElement> documents = [.. Examples().Where(example => Kind(example) == "desired")];

        Assert.Equal(2, documents.Count);
        Assert.All(
            documents,
            document => DesiredDocumentReader.Read(JsonSerializer.SerializeToUtf8Bytes(document))
        );
    }

    private static IEnumerable<JsonElement> Examples()
    {
        string text = File.ReadAllText(Path.Combine(Repository.Root, "docs", "mqtt.md"));
        foreach (Match example in Example().Matches(text))
        {
            yield return JsonDocument.Parse(example.Value).RootElement;
        }
    }

    private static string Kind(JsonElement example)
    {
        bool Has(string key) => example.TryGetProperty(key, out _);
        return Has("type") ? "detections"
            : Has("os") ? "info"
            : Has("uptime_s") ? "health"
            : Has("since") ? "camera-status"
            : Has("ok") ? "reply"
            : Has("source") ? "reported"
            : Has("rev") ? "desired"
            : "status";
    }

    private static JsonElement Element(JsonNode node) =>
        JsonDocument.Parse(node.ToJsonString()).RootElement;

    // An object that begins a line, or an argument of a command, to the brace that ends its line.
    [GeneratedRegex(@"(?ms)(?<=^|')\{""v"":1.*?\}(?='?$)(?!\s*\n )")]
    private static partial Regex Example();
}

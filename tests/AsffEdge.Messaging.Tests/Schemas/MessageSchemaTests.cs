using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace AsffEdge.Messaging.Tests.Schemas;

/// <summary>
/// The schemas in <c>docs/mqtt</c> are those of the records, and agree with the messages in <c>docs/mqtt.md</c>, which an agent printed, with
/// what the agent reads strictly, and with what managers read.
/// </summary>
public sealed partial class MessageSchemaTests
{
    private const string Regenerate =
        "ASFF_WRITE_SCHEMAS=1 tests/AsffEdge.Messaging.Tests/bin/Release/net10.0/AsffEdge.Messaging.Tests --filter-class '*MessageSchemaTests'";

    private const string ValidateScript = """
        import json, sys
        from jsonschema import Draft202012Validator
        valid = []
        for part in json.load(sys.stdin):
            Draft202012Validator.check_schema(part["schema"])
            validator = Draft202012Validator(part["schema"])
            valid += [validator.is_valid(message) for message in part["messages"]]
        print(json.dumps(valid))
        """;

    private static readonly string Folder = Path.Combine(Repository.Root, "docs", "mqtt");

    private static readonly Dictionary<string, Action<ReadOnlyMemory<byte>>> StrictReaders = new()
    {
        ["desired"] = json => DesiredDocumentReader.Read(json),
        ["command-profile-set"] = json => CommandReader.ReadProfileSet(json),
        ["command-ping"] = json => CommandReader.ReadPing(json),
        ["command-model-reload"] = json => CommandReader.ReadModelReload(json),
        ["command-camera-restart"] = json => CommandReader.ReadCameraRestart(json),
        ["command-snapshot"] = json => CommandReader.ReadSnapshot(json),
        ["command-footage-collect"] = json => CommandReader.ReadFootageCollect(json),
        ["command-footage-list"] = json => CommandReader.ReadFootageList(json),
        ["command-footage-purge"] = json => CommandReader.ReadFootagePurge(json),
        ["command-model-stage"] = json => CommandReader.ReadModelStage(json),
        ["command-model-activate"] = json => CommandReader.ReadModelActivate(json),
        ["command-model-rollback"] = json => CommandReader.ReadModelRollback(json),
    };

    public static TheoryData<string> Names => [.. MessageSchemas.Names];

    public static TheoryData<string> Documented =>
        [
            .. MessageSchemas.Names.Where(name =>
                // Their examples are those of "desired" and of "command-ping", whose keys they have.
                name
                    is not (
                        "command-profile-set"
                        or "command-model-reload"
                        or "command-model-rollback"
                    )
            ),
        ];

    public static TheoryData<string> ReadStrictly => [.. StrictReaders.Keys];

    public static TheoryData<string> ReadLeniently => [.. MessageSchemas.Read.Keys];

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

        Assert.True(
            File.Exists(file) && File.ReadAllText(file) == schema,
            $"docs/mqtt/{name}.json differs from the record; to write all of them anew: {Regenerate}"
        );
    }

    [Fact]
    public void No_schema_is_left_from_a_message_that_is_gone()
    {
        Assert.Equal(
            MessageSchemas.Names.Order(),
            Directory.GetFiles(Folder, "*.json").Select(Path.GetFileNameWithoutExtension).Order()
        );
    }

    [Theory]
    [MemberData(nameof(ReadStrictly))]
    public void The_schema_and_the_strict_reader_say_the_same(string name)
    {
        JsonNode schema = MessageSchemas.Make(name);
        JsonNode full = SchemaSamples.Full(schema);
        int good = 0;
        int bad = 0;
        foreach (JsonNode message in (JsonNode[])[full, .. SchemaSamples.Variants(schema, full)])
        {
            List<string> problems = [.. SchemaCheck.Problems(schema, Element(message))];
            string? refusal = Refusal(StrictReaders[name], message);

            Assert.True(
                problems.Count == 0 == refusal is null,
                $"{message.ToJsonString()}: the schema says '{string.Join("; ", problems)}', the reader '{refusal}'"
            );
            _ = refusal is null ? good++ : bad++;
        }

        Assert.True(good >= 10 && bad >= 50, $"{good} good and {bad} bad messages were tried");
    }

    [Theory]
    [MemberData(nameof(ReadLeniently))]
    public void What_the_schema_allows_can_be_read(string name)
    {
        JsonNode schema = MessageSchemas.Make(name);
        JsonNode full = SchemaSamples.Full(schema);
        List<JsonNode> allowed =
        [
            full,
            .. SchemaSamples
                .Variants(schema, full)
                .Where(message => !SchemaCheck.Problems(schema, Element(message)).Any()),
        ];

        Assert.True(allowed.Count >= 5, $"only {allowed.Count} messages are allowed");
        Assert.All(
            allowed,
            message => Assert.NotNull(message.Deserialize(MessageSchemas.Read[name]))
        );
    }

    [Fact]
    public void Another_validator_says_the_same()
    {
        Assert.SkipUnless(Python.Has("jsonschema"), "needs Debian's python3-jsonschema");
        JsonArray work = [];
        List<(string Name, string Message, bool Valid)> ours = [];
        foreach (string name in MessageSchemas.Names)
        {
            JsonNode schema = MessageSchemas.Make(name);
            JsonNode full = SchemaSamples.Full(schema);
            JsonArray messages = [];
            foreach (
                JsonNode message in SchemaSamples
                    .Variants(schema, full)
                    .Prepend(full)
                    .Where(message => !IsOtherInPython(message))
            )
            {
                // Times are checked by no validator unless told to.
                bool valid = !SchemaCheck
                    .Problems(schema, Element(message))
                    .Any(problem => !problem.EndsWith("is no time", StringComparison.Ordinal));
                ours.Add((name, message.ToJsonString(), valid));
                messages.Add(message.DeepClone());
            }

            work.Add(new JsonObject { ["schema"] = schema, ["messages"] = messages });
        }

        bool[] theirs = JsonSerializer.Deserialize<bool[]>(
            Python.Run(ValidateScript, work.ToJsonString())
        )!;

        Assert.DoesNotContain(ours.Zip(theirs), pair => pair.First.Valid != pair.Second);
        Assert.Equal(ours.Count, theirs.Length);
    }

    [Theory]
    [MemberData(nameof(Documented))]
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
    public void The_documents_of_the_documentation_are_taken()
    {
        List<JsonElement> documents = [.. Examples().Where(example => Kind(example) == "desired")];

        Assert.Equal(3, documents.Count);
        Assert.All(
            documents,
            document => DesiredDocumentReader.Read(JsonSerializer.SerializeToUtf8Bytes(document))
        );
    }

    // To Python 1E+300 is an integer, and $ lets a last line feed pass.
    private static bool IsOtherInPython(JsonNode message) =>
        message.ToJsonString() is { } json
        && (
            json.Contains("E+300", StringComparison.Ordinal)
            || json.Contains("a\\n\"", StringComparison.Ordinal)
        );

    private static IEnumerable<JsonElement> Examples()
    {
        string text = File.ReadAllText(Path.Combine(Repository.Root, "docs", "mqtt.md"));
        foreach (Match example in Example().Matches(text))
        {
            string json = Shortened().Replace(example.Value, new string('0', 64));
            yield return JsonDocument.Parse(json).RootElement;
        }
    }

    private static string Kind(JsonElement example)
    {
        bool Has(string key) => example.TryGetProperty(key, out _);
        return Has("event") ? "events"
            : Has("type") ? "detections"
            : Has("current") ? "models"
            : Has("size") ? "command-model-stage"
            : Has("sha256") ? "command-model-activate"
            : Has("os") ? "info"
            : Has("uptime_s") ? "health"
            : Has("since") ? "camera-status"
            : Has("ok") ? "reply"
            : Has("source") ? "reported"
            : Has("rev") ? "desired"
            : Has("frames") ? "command-footage-collect"
            : Has("all") ? "command-footage-purge"
            : Has("day") ? "command-footage-list"
            : Has("boxes") ? "command-snapshot"
            : Has("camera") ? "command-camera-restart"
            : Has("state") ? "status"
            : "command-ping";
    }

    private static string? Refusal(Action<ReadOnlyMemory<byte>> read, JsonNode message)
    {
        try
        {
            read(JsonSerializer.SerializeToUtf8Bytes(message));
            return null;
        }
        catch (DocumentRejectedException rejection)
        {
            return rejection.Message;
        }
    }

    private static JsonElement Element(JsonNode node) =>
        JsonDocument.Parse(node.ToJsonString()).RootElement;

    [GeneratedRegex("[0-9a-f]+…")]
    private static partial Regex Shortened();

    // An object that begins a line, or an argument of a command, to the brace that ends its line.
    [GeneratedRegex(@"(?ms)(?<=^|')\{""v"":1.*?\}(?='?$)(?!\s*\n )")]
    private static partial Regex Example();
}

using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AsffEdge.Messaging;

namespace AsffEdge.Fleet.Requests;

/// <summary>Makes the JSON of a command out of what was typed, and checks it as the agent will.</summary>
internal static class CommandBody
{
    private static readonly string[] SetByTool = ["response_topic", "correlation_id"];

    private static readonly JsonDocumentOptions NoDuplicates = new()
    {
        AllowDuplicateProperties = false,
    };

    private static readonly Dictionary<
        string,
        Func<ReadOnlyMemory<byte>, CommandDocument>
    > Readers = new(StringComparer.Ordinal)
    {
        [CommandName.Ping] = CommandReader.ReadPing,
        [CommandName.ProfileSet] = CommandReader.ReadProfileSet,
        [CommandName.CameraRestart] = CommandReader.ReadCameraRestart,
        [CommandName.Snapshot] = CommandReader.ReadSnapshot,
        [CommandName.ModelReload] = CommandReader.ReadModelReload,
        [CommandName.FootageCollect] = CommandReader.ReadFootageCollect,
        [CommandName.FootageList] = CommandReader.ReadFootageList,
        [CommandName.FootagePurge] = CommandReader.ReadFootagePurge,
        [CommandName.ModelStage] = CommandReader.ReadModelStage,
        [CommandName.ModelActivate] = CommandReader.ReadModelActivate,
        [CommandName.ModelRollback] = CommandReader.ReadModelRollback,
    };

    /// <summary>The names of the commands whose bodies can be checked.</summary>
    public static IReadOnlyCollection<string> Known => Readers.Keys;

    /// <summary>
    /// An object out of words such as <c>profile=fast</c> or <c>cameras.dock-1.profile=max</c>: a dot leads a level down, and a value that is
    /// JSON, such as a number, <c>true</c> or a quoted text, is that; anything else is text.
    /// </summary>
    /// <exception cref="FormatException">A word is none of that kind, or says what another one has said.</exception>
    public static JsonObject Parse(IEnumerable<string> words)
    {
        JsonObject body = [];
        foreach (string word in words)
        {
            int equals = word.IndexOf('=', StringComparison.Ordinal);
            string[] path = equals < 0 ? [] : word[..equals].Split('.');
            if (path.Length == 0 || path.Any(key => key.Length == 0))
            {
                throw new FormatException(
                    $"'{word}' is no KEY=VALUE; for example profile=fast or cameras.dock-1.profile=max"
                );
            }

            JsonObject parent = body;
            foreach (string key in path[..^1])
            {
                if (!parent.TryGetPropertyValue(key, out JsonNode? child))
                {
                    parent[key] = child = new JsonObject();
                }

                parent =
                    child as JsonObject
                    ?? throw new FormatException(
                        $"'{word}' contradicts what {key} was given before"
                    );
            }

            if (!parent.TryAdd(path[^1], Value(word[(equals + 1)..])))
            {
                throw new FormatException($"'{word[..equals]}' is given twice");
            }
        }

        return body;
    }

    /// <summary>The object in <paramref name="json"/>.</summary>
    /// <exception cref="FormatException">It holds none.</exception>
    public static JsonObject ParseJson(string json)
    {
        try
        {
            return JsonNode.Parse(json, documentOptions: NoDuplicates) as JsonObject
                ?? throw new FormatException("--json-body is JSON, but no object");
        }
        catch (Exception error) when (error is JsonException or ArgumentException)
        {
            throw new FormatException($"--json-body cannot be read: {error.Message}");
        }
    }

    /// <summary>Adds what every command carries: the version, and a new <c>rev</c> where profiles are set without one.</summary>
    /// <exception cref="FormatException">It says where to answer, which is the tool's business.</exception>
    public static void Complete(JsonObject body, string command, DateTime utc)
    {
        if (SetByTool.FirstOrDefault(body.ContainsKey) is { } key)
        {
            throw new FormatException(
                $"'{key}' is set by asff-fleet, which waits for the answer there"
            );
        }

        if (!body.ContainsKey("v"))
        {
            body.Insert(0, "v", 1);
        }

        if (command == CommandName.ProfileSet && !body.ContainsKey("rev"))
        {
            body["rev"] = new DateTimeOffset(utc).ToUnixTimeSeconds();
        }
    }

    /// <summary>Reads the command as the agent will.</summary>
    /// <exception cref="DocumentRejectedException">The agent would refuse it.</exception>
    public static void Check(JsonObject body, string command)
    {
        if (Readers.TryGetValue(command, out var read))
        {
            read(Encoding.UTF8.GetBytes(body.ToJsonString()));
        }
    }

    private static JsonNode? Value(string text)
    {
        // What only looks like a number, as a version does, is text.
        bool mayBeJson =
            text.Length > 0
            && (
                text[0] is '{' or '[' or '"'
                || text is "true" or "false" or "null"
                || IsNumber(text)
            );
        try
        {
            return mayBeJson
                ? JsonNode.Parse(text, documentOptions: NoDuplicates)
                : JsonValue.Create(text);
        }
        catch (JsonException)
        {
            return JsonValue.Create(text);
        }
    }

    private static bool IsNumber(string text) =>
        double.TryParse(
            text,
            NumberStyles.AllowLeadingSign
                | NumberStyles.AllowDecimalPoint
                | NumberStyles.AllowExponent,
            CultureInfo.InvariantCulture,
            out _
        );
}

using System.Text.Json;
using System.Text.Json.Serialization;
using AsffEdge.Control.Storage;
using Microsoft.Extensions.Logging;

namespace AsffEdge.Agent.HomeAssistant;

/// <summary>
/// Which entities Home Assistant was told of on which topic, over restarts and power cuts: <c>home-assistant.json</c> in the state
/// directory. Without it nobody would know any more what to take back. Not thread-safe.
/// </summary>
internal sealed partial class AnnouncedEntities
{
    private const string FileName = "home-assistant.json";

    private readonly string _path;
    private readonly ILogger _logger;
    private readonly SortedDictionary<string, SortedDictionary<string, string>> _topics;

    /// <summary>Reads what is stored in <paramref name="stateDirectory"/>; what cannot be read is logged and counts as not there.</summary>
    public AnnouncedEntities(string stateDirectory, ILogger<AnnouncedEntities> logger)
    {
        _path = Path.Combine(stateDirectory, FileName);
        _logger = logger;
        _topics = Load();
    }

    /// <summary>The topics on which there may be something.</summary>
    public IReadOnlyList<string> Topics => [.. _topics.Keys];

    /// <summary>The platforms of the entities that were announced on <paramref name="topic"/>, by id.</summary>
    public IReadOnlyDictionary<string, string> On(string topic) =>
        _topics.TryGetValue(topic, out SortedDictionary<string, string>? platforms)
            ? platforms
            : new SortedDictionary<string, string>();

    /// <summary>Adds entities to those of <paramref name="topic"/>; must be done before they are announced.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="platforms">Their platforms by id.</param>
    public void Add(string topic, IEnumerable<KeyValuePair<string, string>> platforms)
    {
        SortedDictionary<string, string> all = new(
            On(topic).ToDictionary(),
            StringComparer.Ordinal
        );
        foreach ((string id, string platform) in platforms)
        {
            all[id] = platform;
        }

        if (!all.SequenceEqual(On(topic)))
        {
            _topics[topic] = all;
            Store();
        }
    }

    /// <summary>Forgets a topic; must be done after it has been emptied.</summary>
    public void Forget(string topic)
    {
        if (_topics.Remove(topic))
        {
            Store();
        }
    }

    private void Store()
    {
        try
        {
            AtomicFile.Write(
                _path,
                JsonSerializer.SerializeToUtf8Bytes(
                    new Document(1, _topics),
                    DocumentJson.Default.Document
                )
            );
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Log.NotStored(_logger, _path, error.Message);
        }
    }

    private SortedDictionary<string, SortedDictionary<string, string>> Load()
    {
        SortedDictionary<string, SortedDictionary<string, string>> topics = new(
            StringComparer.Ordinal
        );
        try
        {
            Document? stored = File.Exists(_path)
                ? JsonSerializer.Deserialize(
                    File.ReadAllBytes(_path),
                    DocumentJson.Default.Document
                )
                : null;
            foreach (
                (string topic, SortedDictionary<string, string> platforms) in stored?.Topics ?? []
            )
            {
                topics[topic] = new SortedDictionary<string, string>(
                    platforms
                        .Where(entity => entity.Value is not null)
                        .ToDictionary(StringComparer.Ordinal),
                    StringComparer.Ordinal
                );
            }
        }
        catch (Exception error)
            when (error
                    is IOException
                        or UnauthorizedAccessException
                        or JsonException
                        or ArgumentNullException
            )
        {
            Log.NotRead(_logger, _path, error.Message);
        }

        return topics;
    }

    private sealed record Document(
        int V,
        SortedDictionary<string, SortedDictionary<string, string>>? Topics
    );

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
    [JsonSerializable(typeof(Document))]
    private sealed partial class DocumentJson : JsonSerializerContext;

    private static partial class Log
    {
        [LoggerMessage(
            LogLevel.Warning,
            "{Path} cannot be read, so entities of cameras that are gone may stay in Home Assistant: {Reason}"
        )]
        public static partial void NotRead(ILogger logger, string path, string reason);

        [LoggerMessage(
            LogLevel.Error,
            "What Home Assistant was told could not be written to {Path}, so it may not be taken back later: {Reason}"
        )]
        public static partial void NotStored(ILogger logger, string path, string reason);
    }
}

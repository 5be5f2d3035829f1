using System.Globalization;

namespace AsffEdge.Messaging;

/// <summary>Builds and reads the topics of the contract below one root.</summary>
public sealed class Topics
{
    /// <summary>The root unless configured otherwise; the major version of the contract is part of it.</summary>
    public const string DefaultRoot = "asff-edge/v1";

    /// <summary>Who is answered, the last level of <see cref="Reply"/>, where a command does not say who.</summary>
    public const string DefaultReplier = "default";

    /// <summary>What a root may look like, for messages to people.</summary>
    public const string AllowedRoot =
        "1 to 128 printable characters, levels separated by '/', none of them empty, without '+', '#' and a leading '$'";

    private const int LongestRoot = 128;

    private readonly string _agents;
    private readonly string _groups;
    private readonly string _models;

    /// <summary>Topics below <paramref name="root"/>.</summary>
    /// <exception cref="ArgumentException">It is no root, see <see cref="AllowedRoot"/>.</exception>
    public Topics(string root)
    {
        if (!IsValidRoot(root))
        {
            throw new ArgumentException(
                $"'{root}' cannot be a topic root; allowed: {AllowedRoot}",
                nameof(root)
            );
        }

        _agents = root + "/agents/";
        _groups = root + "/groups/";
        _models = root + "/models/";
    }

    /// <summary>Whether topics can be built below <paramref name="root"/>.</summary>
    public static bool IsValidRoot(string root) =>
        root.Length is > 0 and <= LongestRoot
        && root[0] != '$'
        && !root.Any(character =>
            char.IsControl(character) || char.IsSurrogate(character) || character is '+' or '#'
        )
        && root.Split('/').All(level => level.Length > 0);

    /// <summary>Whether the agent is there (retained; also its will).</summary>
    public string Status(string agent) => $"{_agents}{agent}/status";

    /// <summary>What the agent is (retained).</summary>
    public string Info(string agent) => $"{_agents}{agent}/info";

    /// <summary>How the agent is, every few seconds.</summary>
    public string Health(string agent) => $"{_agents}{agent}/health";

    /// <summary>What the agent shall do (retained, from the fleet's manager).</summary>
    public string Desired(string agent) => $"{_agents}{agent}/desired";

    /// <summary>What the agent does (retained).</summary>
    public string Reported(string agent) => $"{_agents}{agent}/reported";

    /// <summary>Which model the agent runs, and what becomes of the next one (retained).</summary>
    public string Models(string agent) => $"{_agents}{agent}/models";

    /// <summary>
    /// A part of a model's file (retained while a roll-out goes on, from the fleet's manager): its bytes from the part's number, counted from
    /// 0, times the size of a part on; or all parts with <c>+</c> as the number.
    /// </summary>
    public string ModelChunk(string sha256, string index) => $"{_models}{sha256}/{index}";

    /// <summary>Whether a topic is below those of models' files.</summary>
    public bool IsModelChunk(string topic) => topic.StartsWith(_models, StringComparison.Ordinal);

    /// <summary>One command, or all with <c>+</c> as the name.</summary>
    public string Command(string agent, string name) => $"{_agents}{agent}/commands/{name}";

    /// <summary>What every agent of the group shall do (retained, from the fleet's manager).</summary>
    public string GroupDesired(string group) => $"{_groups}{group}/desired";

    /// <summary>One command to every agent of the group, or all with <c>+</c> as the name.</summary>
    public string GroupCommand(string group, string name) => $"{_groups}{group}/commands/{name}";

    /// <summary>Where answers go; the agent publishes answers nowhere else.</summary>
    public string Reply(string agent, string who) => $"{_agents}{agent}/replies/{who}";

    /// <summary>Whether a camera delivers (retained).</summary>
    public string CameraStatus(string agent, string camera) =>
        $"{_agents}{agent}/cameras/{camera}/status";

    /// <summary>One message an inferred frame.</summary>
    public string Detections(string agent, string camera) =>
        $"{_agents}{agent}/cameras/{camera}/detections";

    /// <summary>What happened to tracks: begun, ended, a zone entered, a line crossed.</summary>
    public string Events(string agent, string camera) =>
        $"{_agents}{agent}/cameras/{camera}/events";

    /// <summary>How many objects of a class a camera sees (retained); the class as <see cref="ClassTopic.Id"/>.</summary>
    public string Count(string agent, string camera, string classId) =>
        $"{_agents}{agent}/cameras/{camera}/counts/{classId}";

    /// <summary>A camera's last snapshot, JPEG bytes.</summary>
    public string Snapshot(string agent, string camera) =>
        $"{_agents}{agent}/cameras/{camera}/snapshot";

    /// <summary>
    /// Whether the agent may answer on <paramref name="topic"/>, which came with a request and is not trusted: only below its own
    /// <c>replies/</c>, without wildcards. Otherwise whoever may write a request could make agents command each other.
    /// </summary>
    public bool IsReplyOf(string agent, string topic)
    {
        string prefix = Reply(agent, "");
        return topic.Length > prefix.Length
            && topic.Length <= prefix.Length + LongestRoot
            && topic.StartsWith(prefix, StringComparison.Ordinal)
            && !topic.AsSpan().ContainsAny('+', '#', '\0');
    }

    /// <summary>Reads a topic back; false when it is none of the contract's or an id in it is malformed.</summary>
    public bool TryParse(string topic, out ParsedTopic parsed)
    {
        parsed = default;
        if (topic.StartsWith(_models, StringComparison.Ordinal))
        {
            return TryParseChunk(topic[_models.Length..], out parsed);
        }

        if (topic.StartsWith(_groups, StringComparison.Ordinal))
        {
            return TryParseGroup(topic[_groups.Length..], out parsed);
        }

        if (!topic.StartsWith(_agents, StringComparison.Ordinal))
        {
            return false;
        }

        string[] levels = topic[_agents.Length..].Split('/', 5);
        if (!Identifier.IsValid(levels[0]))
        {
            return false;
        }

        (TopicKind Kind, string? Name)? match = levels[1..] switch
        {
            ["status"] => (TopicKind.Status, null),
            ["info"] => (TopicKind.Info, null),
            ["health"] => (TopicKind.Health, null),
            ["desired"] => (TopicKind.Desired, null),
            ["reported"] => (TopicKind.Reported, null),
            ["models"] => (TopicKind.Models, null),
            ["commands", { Length: > 0 } name] => (TopicKind.Command, name),
            ["replies", { Length: > 0 } who] => (TopicKind.Reply, who),
            ["cameras", var camera, "status"] when Identifier.IsValid(camera) => (
                TopicKind.CameraStatus,
                camera
            ),
            ["cameras", var camera, "detections"] when Identifier.IsValid(camera) => (
                TopicKind.Detections,
                camera
            ),
            ["cameras", var camera, "events"] when Identifier.IsValid(camera) => (
                TopicKind.Events,
                camera
            ),
            _ => null,
        };
        if (match is null)
        {
            return false;
        }

        parsed = new ParsedTopic(match.Value.Kind, levels[0], match.Value.Name);
        return true;
    }

    private static bool TryParseChunk(string topic, out ParsedTopic parsed)
    {
        string[] levels = topic.Split('/', 3);
        bool isChunk =
            levels.Length == 2
            && levels[0].Length == 64
            && levels[0].All(char.IsAsciiHexDigitLower)
            && int.TryParse(levels[1], NumberStyles.None, CultureInfo.InvariantCulture, out _);
        parsed = isChunk
            ? new ParsedTopic(TopicKind.ModelChunk, "", levels[1]) { Model = levels[0] }
            : default;
        return isChunk;
    }

    private static bool TryParseGroup(string topic, out ParsedTopic parsed)
    {
        string[] levels = topic.Split('/', 4);
        (TopicKind Kind, string? Name)? match = levels[1..] switch
        {
            ["desired"] => (TopicKind.Desired, null),
            ["commands", { Length: > 0 } name] => (TopicKind.Command, name),
            _ => null,
        };
        parsed =
            match is { } found && Identifier.IsValid(levels[0])
                ? new ParsedTopic(found.Kind, "", found.Name) { Group = levels[0] }
                : default;
        return parsed.Group is not null;
    }
}

/// <summary>Which of the contract's topics.</summary>
public enum TopicKind
{
    /// <summary><c>agents/{agent}/status</c></summary>
    Status,

    /// <summary><c>agents/{agent}/info</c></summary>
    Info,

    /// <summary><c>agents/{agent}/health</c></summary>
    Health,

    /// <summary><c>agents/{agent}/desired</c>, <c>groups/{group}/desired</c></summary>
    Desired,

    /// <summary><c>agents/{agent}/reported</c></summary>
    Reported,

    /// <summary><c>agents/{agent}/models</c></summary>
    Models,

    /// <summary><c>models/{sha256}/{index}</c></summary>
    ModelChunk,

    /// <summary><c>agents/{agent}/commands/{name}</c>, <c>groups/{group}/commands/{name}</c></summary>
    Command,

    /// <summary><c>agents/{agent}/replies/{who}</c></summary>
    Reply,

    /// <summary><c>agents/{agent}/cameras/{camera}/status</c></summary>
    CameraStatus,

    /// <summary><c>agents/{agent}/cameras/{camera}/detections</c></summary>
    Detections,

    /// <summary><c>agents/{agent}/cameras/{camera}/events</c></summary>
    Events,
}

/// <summary>A topic taken apart.</summary>
/// <param name="Kind">Which topic.</param>
/// <param name="Agent">The agent's id; empty for any other topic.</param>
/// <param name="Name">The camera's id, the command's name, who is answered or the part's number; null for the agent's own topics.</param>
public readonly record struct ParsedTopic(TopicKind Kind, string Agent, string? Name)
{
    /// <summary>The group's id; null for any other topic.</summary>
    public string? Group { get; init; }

    /// <summary>Lower-case hex of a model's file; null for any other topic.</summary>
    public string? Model { get; init; }
}

using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace AsffEdge.Messaging;

/// <summary>What every command may carry, beside what it asks for.</summary>
public abstract record CommandDocument
{
    /// <summary>Version of the contract.</summary>
    [JsonPropertyOrder(-1)]
    [VersionOne]
    public int V { get; init; } = 1;

    /// <summary>When it was written, UTC; older than 300 s it is refused.</summary>
    public DateTime? Issued { get; init; }

    /// <summary>Who wrote it, for people.</summary>
    [MaxLength(StrictDocument.LongestText)]
    public string? By { get; init; }

    /// <summary>MQTT 3.1.1 only: where to answer, below the agent's own <c>replies/</c>; anything else is ignored.</summary>
    [MaxLength(StrictDocument.LongestText)]
    public string? ResponseTopic { get; init; }

    /// <summary>MQTT 3.1.1 only: comes back with every answer, and makes the command one that is carried out once.</summary>
    [MaxLength(StrictDocument.LongestText)]
    public string? CorrelationId { get; init; }

    /// <summary>The revision it carries; null: none.</summary>
    [JsonIgnore]
    public virtual long? Revision => null;
}

/// <summary>The command <c>ping</c>: asks for an answer and nothing else.</summary>
public sealed record PingCommand : CommandDocument;

/// <summary>The command <c>camera.restart</c>: drop a camera's connection and make it anew.</summary>
public sealed record CameraRestartCommand : CommandDocument
{
    /// <summary>The camera's id.</summary>
    [Id]
    public required string Camera { get; init; }
}

/// <summary>The command <c>model.reload</c>: read the configured model file anew and go on with it, if it is good.</summary>
public sealed record ModelReloadCommand : CommandDocument;

/// <summary>The command <c>snapshot</c>: publish the next frame of a camera that is inferred as a JPEG on <see cref="Topics.Snapshot"/>.</summary>
public sealed record SnapshotCommand : CommandDocument
{
    /// <summary>The camera's id.</summary>
    [Id]
    public required string Camera { get; init; }

    /// <summary>Whether to draw what was found into it; null: no.</summary>
    public bool? Boxes { get; init; }
}

/// <summary>The command <c>footage.collect</c>: keep the next frames of a camera on the device, to learn from.</summary>
public sealed record FootageCollectCommand : CommandDocument
{
    /// <summary>Most frames of one command.</summary>
    public const int MostFrames = 1000;

    /// <summary>Longest gap in seconds.</summary>
    public const int LongestGapS = 3600;

    /// <summary>The camera's id.</summary>
    [Id]
    public required string Camera { get; init; }

    /// <summary>How many frames; null: one.</summary>
    [Range(1, MostFrames)]
    public int? Frames { get; init; }

    /// <summary>Least seconds between two of them; null: 1.</summary>
    [Range(0, LongestGapS)]
    public double? GapS { get; init; }
}

/// <summary>The command <c>footage.list</c>: say what footage is on the device.</summary>
public sealed record FootageListCommand : CommandDocument
{
    /// <summary>Only of this camera, which need not be configured any more; null: of all.</summary>
    [Id]
    public string? Camera { get; init; }

    /// <summary>Only of this day, UTC; null: of all.</summary>
    [Day]
    public string? Day { get; init; }
}

/// <summary>The command <c>footage.purge</c>: remove footage from the device for good.</summary>
public sealed record FootagePurgeCommand : CommandDocument
{
    /// <summary>Only of this camera, which need not be configured any more; null: of all.</summary>
    [Id]
    public string? Camera { get; init; }

    /// <summary>Only of this day, UTC; null: of all.</summary>
    [Day]
    public string? Day { get; init; }

    /// <summary>Must be <c>true</c> where neither a camera nor a day is named, and only there.</summary>
    public bool? All { get; init; }
}

/// <summary>The command <c>profile.set</c>: a desired document that is answered.</summary>
/// <param name="Document">What to apply; its keys are those of the command.</param>
public sealed record ProfileSetCommand(DesiredDocument Document) : CommandDocument
{
    /// <inheritdoc/>
    public override long? Revision => Document.Rev;
}

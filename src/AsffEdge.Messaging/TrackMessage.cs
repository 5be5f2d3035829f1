using System.ComponentModel.DataAnnotations;

namespace AsffEdge.Messaging;

/// <summary>Payload of <see cref="Topics.Events"/>: what befell an object that a camera follows. Delivered at least once, in order.</summary>
public sealed record TrackMessage
{
    /// <summary>Value of the MQTT user property <c>schema</c>.</summary>
    public const string Schema = "asff-edge.track/1";

    /// <summary>Version of the contract.</summary>
    [VersionOne]
    public int V { get; init; } = 1;

    /// <summary>Always <c>track</c>.</summary>
    [AllowedValues("track")]
    public string Type { get; init; } = "track";

    /// <summary>
    /// <c>start</c>, <c>update</c> or <c>end</c> of a track, <c>zone_enter</c> or <c>zone_leave</c> of a zone, or <c>line</c>: one was crossed.
    /// </summary>
    [AllowedValues("start", "update", "end", "zone_enter", "zone_leave", "line")]
    public required string Event { get; init; }

    /// <summary>The agent's id.</summary>
    [Id]
    public required string Agent { get; init; }

    /// <summary>The camera's id.</summary>
    [Id]
    public required string Camera { get; init; }

    /// <summary>Random per process: of the one that tells.</summary>
    [Hex(6)]
    public required string Boot { get; init; }

    /// <summary>Counts the events of the process over all cameras, from 1: with the boot it names the event, and a gap is a lost one.</summary>
    [AtLeast(1)]
    public required long EventSeq { get; init; }

    /// <summary>The camera's connection, as in the frame message; null where another process saw the frame.</summary>
    [AtLeast(1)]
    public int? Stream { get; init; }

    /// <summary>The inferred frame, as in the frame message; null where another process saw it.</summary>
    [AtLeast(1)]
    public long? Seq { get; init; }

    /// <summary>Capture time of the frame, UTC.</summary>
    public required DateTime Ts { get; init; }

    /// <summary><c>rtcp</c>, <c>pts</c> or <c>host</c>.</summary>
    [AllowedValues("rtcp", "pts", "host")]
    public required string TsSource { get; init; }

    /// <summary>The camera's picture.</summary>
    public required FrameSize Frame { get; init; }

    /// <summary>What inferred the frame.</summary>
    public required FrameNetwork Net { get; init; }

    /// <summary>Whether it waited for the broker before it was sent.</summary>
    public bool Late { get; init; }

    /// <summary>The object.</summary>
    public required TrackState Track { get; init; }

    /// <summary>The zone of <c>zone_enter</c> and <c>zone_leave</c>.</summary>
    [Id]
    public string? Zone { get; init; }

    /// <summary>The line that was crossed.</summary>
    [Id]
    public string? Line { get; init; }

    /// <summary>To which side, seen along the line: <c>left</c> or <c>right</c>.</summary>
    [AllowedValues("left", "right")]
    public string? Direction { get; init; }

    /// <summary>
    /// Why a track ended, and with it the stay in its zones: <c>lost</c> from sight, the <c>camera</c> is away, the agent's <c>stop</c>, or its
    /// <c>restart</c> after it had not been stopped in order.
    /// </summary>
    [AllowedValues("lost", "camera", "stop", "restart")]
    public string? Reason { get; init; }
}

/// <summary>An object of a <see cref="TrackMessage"/>.</summary>
/// <param name="Id">Its id: the boot of the process that followed it, and its number there.</param>
/// <param name="Class">The class's name; null where the model has none for the index.</param>
/// <param name="ClassId">The class's index in the model's labels.</param>
/// <param name="Score">Its score when it was seen last, 0..1.</param>
/// <param name="BestScore">Its highest score, 0..1.</param>
/// <param name="Box">Where it was seen last: [left, top, width, height] as fractions 0..1 of the source frame, clipped.</param>
/// <param name="FirstSeen">When it was seen first, UTC.</param>
/// <param name="LastSeen">When it was seen last, UTC.</param>
/// <param name="Sightings">In how many frames it was seen.</param>
/// <param name="Zones">The zones it is in after the event; null: in none.</param>
public sealed record TrackState(
    [TrackId] string Id,
    string? Class,
    [AtLeast(0)] int ClassId,
    [Range(0, 1)] double Score,
    [Range(0, 1)] double BestScore,
    [Length(4, 4), Range(0, 1)] IReadOnlyList<double> Box,
    DateTime FirstSeen,
    DateTime LastSeen,
    [AtLeast(1)] int Sightings,
    [Id] IReadOnlyList<string>? Zones
);

using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using AsffEdge.Detection;

namespace AsffEdge.Agent.Footage;

/// <summary>A line of a day's <c>frames.jsonl</c>: the model that the frames after it were inferred with, or a frame.</summary>
internal sealed record JournalLine
{
    /// <summary>The model; null: it is a frame's line.</summary>
    public ModelEntry? Model { get; init; }

    /// <summary>The frame; null: it is a model's line.</summary>
    public FrameEntry? Frame { get; init; }
}

/// <summary>A model in <see cref="JournalLine"/>.</summary>
/// <param name="Name">As in its manifest.</param>
/// <param name="Version">As in its manifest.</param>
/// <param name="Sha256">Of its file.</param>
/// <param name="Labels">Its classes.</param>
internal sealed record ModelEntry(
    string Name,
    string Version,
    string Sha256,
    IReadOnlyList<string> Labels
)
{
    /// <summary>Whether they are the same in all that is written.</summary>
    public bool IsSame(ModelEntry? other) =>
        other is not null
        && (Name, Version, Sha256) == (other.Name, other.Version, other.Sha256)
        && Labels.SequenceEqual(other.Labels);
}

/// <summary>A picture that is kept, in <see cref="JournalLine"/>.</summary>
internal sealed record FrameEntry
{
    /// <summary>Name of the picture's file in the same folder.</summary>
    public required string File { get; init; }

    /// <summary>Its bytes.</summary>
    public required long Size { get; init; }

    /// <summary>Its width in pixels.</summary>
    public required int Width { get; init; }

    /// <summary>Its height in pixels.</summary>
    public required int Height { get; init; }

    /// <summary>Capture time, UTC, in whole milliseconds.</summary>
    public required DateTime Captured { get; init; }

    /// <summary>What chose it.</summary>
    public required string Policy { get; init; }

    /// <summary>The profile's name.</summary>
    public required string Profile { get; init; }

    /// <summary>Network input size in pixels.</summary>
    public required int InputSize { get; init; }

    /// <summary>Least score of the objects.</summary>
    public required float ScoreThreshold { get; init; }

    /// <summary>See <see cref="DifferenceHash"/>.</summary>
    public required string Dhash { get; init; }

    /// <summary>What was found.</summary>
    public required IReadOnlyList<FoundObject> Objects { get; init; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(JournalLine))]
[JsonSerializable(typeof(PackManifest))]
[JsonSerializable(typeof(PackEnd))]
internal sealed partial class FootageJson : JsonSerializerContext
{
    /// <summary>What the files are written with: names of classes in any script stay readable, and nothing is embedded in HTML.</summary>
    public static FootageJson Readable => ReadableJson.Instance;

    // A class of its own, because Default must have been made before.
    private static class ReadableJson
    {
        internal static readonly FootageJson Instance = new(
            new JsonSerializerOptions(Default.Options)
            {
                TypeInfoResolver = null,
                Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            }
        );
    }
}

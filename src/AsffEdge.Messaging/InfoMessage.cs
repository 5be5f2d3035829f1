using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace AsffEdge.Messaging;

/// <summary>Payload of <see cref="Topics.Info"/>: what an agent is. Never holds camera addresses: they may carry passwords.</summary>
public sealed record InfoMessage
{
    /// <summary>Version of the contract.</summary>
    [JsonPropertyOrder(-1)]
    [VersionOne]
    public int V { get; init; } = 1;

    /// <summary>The agent's id.</summary>
    [Id]
    public required string Agent { get; init; }

    /// <summary>Its name for people.</summary>
    public string? Name { get; init; }

    /// <summary>Random per process.</summary>
    [Hex(6)]
    public required string Boot { get; init; }

    /// <summary>When the process started, UTC.</summary>
    public required DateTime Started { get; init; }

    /// <summary>Version of the agent.</summary>
    public required string Version { get; init; }

    /// <summary>Operating system and architecture.</summary>
    public required string Os { get; init; }

    /// <summary>Execution provider of ONNX Runtime in use: <c>cpu</c>, <c>cuda</c> or <c>tensorrt</c>.</summary>
    [AllowedValues("cpu", "cuda", "tensorrt")]
    public required string Provider { get; init; }

    /// <summary>The cameras of the configuration.</summary>
    public required IReadOnlyList<CameraInfo> Cameras { get; init; }

    /// <summary>The profiles of the configuration by name.</summary>
    [Id]
    public required IReadOnlyDictionary<string, ProfileInfo> Profiles { get; init; }

    /// <summary>The models that are loaded.</summary>
    public required IReadOnlyList<ModelInfo> Models { get; init; }

    /// <summary>Why <see cref="Provider"/> is not the first one of the configuration, a sentence for people; null where it is.</summary>
    public string? ProviderProblem { get; init; }

    /// <summary>The groups the agent belongs to; null when none.</summary>
    [Id]
    public IReadOnlyList<string>? Groups { get; init; }
}

/// <summary>A camera in <see cref="InfoMessage"/>.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its name for people; null when it has none.</param>
/// <param name="Enabled">Whether it is switched on.</param>
public sealed record CameraInfo([property: Id] string Id, string? Name, bool Enabled);

/// <summary>A profile in <see cref="InfoMessage"/>.</summary>
/// <param name="Size">Network input size in pixels.</param>
/// <param name="ScoreThreshold">Least score reported, 0..1.</param>
/// <param name="NmsThreshold">IoU above which the weaker of two boxes is dropped, 0..1.</param>
/// <param name="MaxFps">Frames a second at most; null: no cap.</param>
public sealed record ProfileInfo(
    [NetworkSize] int Size,
    [Range(0, 1)] double ScoreThreshold,
    [Range(0, 1)] double NmsThreshold,
    [AtLeast(0)] double? MaxFps
);

/// <summary>A model in <see cref="InfoMessage"/>.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Version">Its version.</param>
/// <param name="Sha256">Lower-case hex of the file.</param>
public sealed record ModelInfo(string Name, string Version, [Hex(64)] string Sha256)
{
    /// <summary>Why it is not the configured file that runs, a sentence for people; null where it is.</summary>
    public string? Problem { get; init; }
}

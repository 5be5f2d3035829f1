using System.Text.Json.Serialization;

namespace AsffEdge.Agent.Models;

/// <summary>A model that the store keeps.</summary>
/// <param name="Sha256">SHA-256 of its file, lower-case hexadecimal, and its name in the store.</param>
/// <param name="Name">The model's name.</param>
/// <param name="Version">The model's version.</param>
/// <param name="Since">When it was put to use, UTC.</param>
internal sealed record StoredModel(string Sha256, string Name, string Version, DateTime Since);

/// <summary>A model that did not work and is not to be started with again.</summary>
/// <param name="Sha256">SHA-256 of its file.</param>
/// <param name="Why">What it did, a sentence for people.</param>
internal sealed record RejectedModel(string Sha256, string Why);

/// <summary>What <see cref="ModelStore"/> keeps in <c>models.json</c>.</summary>
internal sealed record StoredModels
{
    /// <summary>Version of this format.</summary>
    public int V { get; init; } = 1;

    /// <summary>The model that was put to use last.</summary>
    public StoredModel? Current { get; init; }

    /// <summary>The one before.</summary>
    public StoredModel? Previous { get; init; }

    /// <summary>Models that were taken back, the last one last.</summary>
    public IReadOnlyList<RejectedModel> Rejected { get; init; } = [];
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    WriteIndented = true
)]
[JsonSerializable(typeof(StoredModels))]
internal sealed partial class StoredModelsJson : JsonSerializerContext;

using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace AsffEdge.Messaging;

/// <summary>Payload of <see cref="Topics.Models"/>: which model an agent runs, what becomes of the next one, and which there were.</summary>
public sealed record ModelsMessage
{
    /// <summary>Version of the contract.</summary>
    [JsonPropertyOrder(-1)]
    [VersionOne]
    public int V { get; init; } = 1;

    /// <summary>The model in use.</summary>
    public required ModelUse Current { get; init; }

    /// <summary>What <c>model.rollback</c> goes back to; null: nothing.</summary>
    public ModelUse? Previous { get; init; }

    /// <summary>The last change that was asked for, while it goes on and after it has ended; null: none since the agent was installed.</summary>
    public ModelChange? Change { get; init; }

    /// <summary>What became of the last changes, the newest last; null: there were none.</summary>
    public IReadOnlyList<ModelPast>? History { get; init; }
}

/// <summary>A model that is or was in use, in <see cref="ModelsMessage"/>.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Version">Its version.</param>
/// <param name="Sha256">Lower-case hex of the file.</param>
/// <param name="Since">When it was put to use, UTC.</param>
public sealed record ModelUse(string Name, string Version, [Hex(64)] string Sha256, DateTime Since);

/// <summary>How far the change to another model is.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ModelChangeState>))]
public enum ModelChangeState
{
    /// <summary>The file is being fetched and checked.</summary>
    [JsonStringEnumMemberName("staging")]
    Staging,

    /// <summary>The file is here and good; it waits for <c>model.activate</c>.</summary>
    [JsonStringEnumMemberName("staged")]
    Staged,

    /// <summary>It runs in the shadow of the one in use.</summary>
    [JsonStringEnumMemberName("shadow")]
    Shadow,

    /// <summary>It is in use and watched.</summary>
    [JsonStringEnumMemberName("settling")]
    Settling,

    /// <summary>It is in use and was watched long enough.</summary>
    [JsonStringEnumMemberName("settled")]
    Settled,

    /// <summary>It was not put to use, and what was before goes on.</summary>
    [JsonStringEnumMemberName("failed")]
    Failed,

    /// <summary>It was put to use and taken back.</summary>
    [JsonStringEnumMemberName("rolled_back")]
    RolledBack,
}

/// <summary>The change to another model, in <see cref="ModelsMessage"/>.</summary>
/// <param name="Sha256">Lower-case hex of its file.</param>
/// <param name="State">How far it is.</param>
/// <param name="Code">Why, where it failed or was taken back; else <see cref="ResultCode.Ok"/>.</param>
/// <param name="Since">When this state began, UTC.</param>
public sealed record ModelChange(
    [Hex(64)] string Sha256,
    ModelChangeState State,
    ResultCode Code,
    DateTime Since
)
{
    /// <summary>Its name; null before the file is here.</summary>
    public string? Name { get; init; }

    /// <summary>Its version; null before the file is here.</summary>
    public string? Version { get; init; }

    /// <summary>A sentence for people; null when there is nothing to add.</summary>
    public string? Detail { get; init; }

    /// <summary>Bytes of the file; null once it is here.</summary>
    [AtLeast(1)]
    public long? Size { get; init; }

    /// <summary>Bytes that are here; null once all are.</summary>
    [AtLeast(0)]
    public long? Received { get; init; }

    /// <summary>What was seen in the shadow; null: it has not run there.</summary>
    public ModelShadow? Shadow { get; init; }
}

/// <summary>What two models made of the same frames, in <see cref="ModelsMessage"/>.</summary>
/// <param name="Frames">Frames that both have seen.</param>
/// <param name="Objects">Objects that the new model found in them.</param>
/// <param name="CurrentObjects">Objects that the model in use found in them.</param>
public sealed record ModelShadow(
    [AtLeast(0)] long Frames,
    [AtLeast(0)] long Objects,
    [AtLeast(0)] long CurrentObjects
)
{
    /// <summary>
    /// Twice the objects that both found (same class, IoU of at least 0.5), over all that one or the other found, 0..1; null: there were none.
    /// </summary>
    [Range(0, 1)]
    public double? Agreement { get; init; }

    /// <summary>Median of the new model's inference in milliseconds; null: no frame yet.</summary>
    [AtLeast(0)]
    public double? InferenceMsP50 { get; init; }

    /// <summary>Median of the inference of the model in use while both ran, in milliseconds; null: no frame yet.</summary>
    [AtLeast(0)]
    public double? CurrentInferenceMsP50 { get; init; }
}

/// <summary>What became of a change, in <see cref="ModelsMessage"/>.</summary>
/// <param name="Sha256">Lower-case hex of the file.</param>
/// <param name="State">How it ended: <c>settled</c>, <c>failed</c> or <c>rolled_back</c>.</param>
/// <param name="Code">Why.</param>
/// <param name="At">When, UTC.</param>
public sealed record ModelPast(
    [Hex(64)] string Sha256,
    ModelChangeState State,
    ResultCode Code,
    DateTime At
)
{
    /// <summary>Its name; null where the file never came.</summary>
    public string? Name { get; init; }

    /// <summary>Its version; null where the file never came.</summary>
    public string? Version { get; init; }

    /// <summary>A sentence for people; null when there is nothing to add.</summary>
    public string? Detail { get; init; }
}

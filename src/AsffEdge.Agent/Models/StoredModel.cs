using System.Text.Json.Serialization;
using AsffEdge.Messaging;

namespace AsffEdge.Agent.Models;

/// <summary>A model that the store keeps.</summary>
/// <param name="Sha256">SHA-256 of its file, lower-case hexadecimal, and its name in the store.</param>
/// <param name="Name">The model's name.</param>
/// <param name="Version">The model's version.</param>
/// <param name="Since">When it was put to use, UTC.</param>
internal sealed record StoredModel(string Sha256, string Name, string Version, DateTime Since)
{
    /// <summary>Base64 of its signature; null: none is known.</summary>
    public string? Signature { get; init; }

    /// <summary>Whether it was put to use as the configured file, which need not be signed.</summary>
    public bool Configured { get; init; }

    /// <summary>A model that is put to use.</summary>
    /// <param name="name">What it is.</param>
    /// <param name="since">When, UTC.</param>
    public static StoredModel Of(FrameModel name, DateTime since) =>
        new(name.Sha256, name.Name, name.Version, since);
}

/// <summary>A model that did not work and is not to be started with again.</summary>
/// <param name="Sha256">SHA-256 of its file.</param>
/// <param name="Why">What it did, a sentence for people.</param>
internal sealed record RejectedModel(string Sha256, string Why);

/// <summary>A model that was fetched and checked, and waits to be put to use.</summary>
/// <param name="Sha256">SHA-256 of its file, and its name in the store.</param>
/// <param name="Name">The model's name.</param>
/// <param name="Version">The model's version.</param>
internal sealed record StagedModel(string Sha256, string Name, string Version)
{
    /// <summary>Base64 of its signature; null: it is not signed.</summary>
    public string? Signature { get; init; }
}

/// <summary>The current model has yet to show that it works.</summary>
/// <param name="SettleS">Seconds for which it is watched.</param>
/// <param name="Starts">Starts of the process since it was put to use.</param>
internal sealed record StoredTrial(double SettleS, int Starts);

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

    /// <summary>The model that waits to be put to use; null: none does.</summary>
    public StagedModel? Staged { get; init; }

    /// <summary>
    /// The SHA-256 of the configured file that <see cref="Current"/> is used instead of, because a command said so; null: it is the configured
    /// one. Once the configured file is another one, that is the later word.
    /// </summary>
    public string? InsteadOf { get; init; }

    /// <summary>Set while <see cref="Current"/>, put to use by a command, is watched.</summary>
    public StoredTrial? Trial { get; init; }

    /// <summary>The last change that was asked for, as it is reported; null: there was none.</summary>
    public ModelChange? Change { get; init; }

    /// <summary>What became of the last changes, the newest last.</summary>
    public IReadOnlyList<ModelPast> History
    {
        get;
        // Files of earlier versions have none, for which the reader sets null.
        init => field = value ?? [];
    } = [];

    private const int MostRejected = 8;
    private const int MostHistory = 16;

    /// <summary>A model that was put to use and is kept; null: it is not.</summary>
    public StoredModel? Find(string sha256) =>
        Current?.Sha256 == sha256 ? Current
        : Previous?.Sha256 == sha256 ? Previous
        : null;

    /// <summary>This with a model put to use as the configured one, or because it is what runs.</summary>
    public StoredModels Promoted(StoredModel model)
    {
        StoredModel? known = Find(model.Sha256);
        bool isConfigured = model.Configured || known is { Configured: true };
        return Current?.Sha256 == model.Sha256
            ? this with
            {
                Current = Current with { Configured = isConfigured },
            }
            : this with
            {
                Current = model with { Signature = known?.Signature, Configured = isConfigured },
                Previous = Current ?? Previous,
                InsteadOf = null,
                Trial = null,
                Rejected = [.. Rejected.Where(bad => bad.Sha256 != model.Sha256)],
            };
    }

    /// <summary>This with another signature of the current model, if it is that.</summary>
    public StoredModels Signed(string sha256, string signature) =>
        Current?.Sha256 == sha256
            ? this with
            {
                Current = Current with { Signature = signature },
            }
            : this;

    /// <summary>This where the current model may not be used instead of the configured one any more.</summary>
    /// <param name="why">Why, a sentence for people.</param>
    /// <param name="now">UTC.</param>
    public StoredModels Distrusted(string why, DateTime now)
    {
        StoredModel current = Current!;
        ModelChange change = new(
            current.Sha256,
            ModelChangeState.RolledBack,
            ResultCode.BadSignature,
            now
        )
        {
            Name = current.Name,
            Version = current.Version,
            Detail = why,
        };

        // Every start finds it anew until another model is put to use.
        return Change is { } last && last with { Since = now } == change
            ? this
            : With(change) with
            {
                Trial = null,
            };
    }

    /// <summary>This with a model put to use instead of the configured one.</summary>
    /// <param name="model">The model.</param>
    /// <param name="configured">The SHA-256 of the configured file.</param>
    /// <param name="settleS">Seconds for which it is watched.</param>
    public StoredModels PutToUse(StoredModel model, string configured, double settleS) =>
        this with
        {
            Current = model,
            Previous = Current?.Sha256 == model.Sha256 ? Previous : Current ?? Previous,
            Staged = null,
            InsteadOf = configured == model.Sha256 ? null : configured,
            Trial = new StoredTrial(settleS, 0),
            Rejected = [.. Rejected.Where(bad => bad.Sha256 != model.Sha256)],
        };

    /// <summary>This with the model before as the current one.</summary>
    /// <param name="configured">The SHA-256 of the configured file.</param>
    public StoredModels PutBack(string? configured) =>
        this with
        {
            Current = Previous,
            Previous = null,
            Trial = null,
            InsteadOf = configured == Previous?.Sha256 ? null : configured,
        };

    /// <summary>This where a model did not work; where it is the current one, the one before is that again.</summary>
    public StoredModels TakenBack(string sha256, string why)
    {
        StoredModels before = Current?.Sha256 == sha256 ? PutBack(InsteadOf) : this;
        return before with
        {
            Rejected =
            [
                .. Rejected
                    .Where(other => other.Sha256 != sha256)
                    .Append(new RejectedModel(sha256, why))
                    .TakeLast(MostRejected),
            ],
        };
    }

    /// <summary>This with what is reported of the change; one that has ended is remembered.</summary>
    public StoredModels With(ModelChange change) =>
        this with
        {
            Change = change,
            History = change.State
                is ModelChangeState.Settled
                    or ModelChangeState.Failed
                    or ModelChangeState.RolledBack
                ?
                [
                    .. History
                        .Append(
                            new ModelPast(change.Sha256, change.State, change.Code, change.Since)
                            {
                                Name = change.Name,
                                Version = change.Version,
                                Detail = change.Detail,
                            }
                        )
                        .TakeLast(MostHistory),
                ]
                : History,
        };
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

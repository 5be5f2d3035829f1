using System.ComponentModel.DataAnnotations;

namespace AsffEdge.Messaging;

/// <summary>The command <c>model.stage</c>: fetch a model file, check it, and keep it ready beside the one in use.</summary>
public sealed record ModelStageCommand : CommandDocument
{
    /// <summary>Largest file in bytes.</summary>
    public const long MaxBytes = 2L * 1024 * 1024 * 1024;

    /// <summary>Most characters of <see cref="Url"/>.</summary>
    public const int LongestUrl = 2048;

    /// <summary>Most characters of <see cref="Signature"/>.</summary>
    public const int LongestSignature = 128;

    /// <summary>Bytes of a chunk where the command does not say.</summary>
    public const int DefaultChunkBytes = 64 * 1024;

    /// <summary>Smallest chunk in bytes.</summary>
    public const int LeastChunkBytes = 1024;

    /// <summary>Largest chunk in bytes: agents take no packet of more than 128 KiB.</summary>
    public const int MostChunkBytes = 96 * 1024;

    /// <summary>Lower-case hex of the file: its name from here on.</summary>
    [Hex(64)]
    public required string Sha256 { get; init; }

    /// <summary>Bytes of the file.</summary>
    [Range(1, MaxBytes)]
    public required long Size { get; init; }

    /// <summary>Where it is, over HTTP or HTTPS; null: in chunks on <see cref="Topics.ModelChunk"/>.</summary>
    [MaxLength(LongestUrl)]
    public string? Url { get; init; }

    /// <summary>Bytes of every chunk but the last, where there is no <see cref="Url"/>; null: 65536.</summary>
    [Range(LeastChunkBytes, MostChunkBytes)]
    public int? ChunkBytes { get; init; }

    /// <summary>Base64 of the 64 bytes of an Ed25519 signature over <see cref="ModelSignature.Statement"/>; null: not signed.</summary>
    [MaxLength(LongestSignature)]
    public string? Signature { get; init; }
}

/// <summary>The command <c>model.activate</c>: run a staged model in the shadow of the one in use, then put it to use and watch it.</summary>
public sealed record ModelActivateCommand : CommandDocument
{
    /// <summary>Longest time in the shadow, and longest time of watching, in seconds.</summary>
    public const double MostS = 86_400;

    /// <summary>Lower-case hex of the staged file.</summary>
    [Hex(64)]
    public required string Sha256 { get; init; }

    /// <summary>Seconds for which it runs in the shadow of the one in use; null: 60, 0: not at all.</summary>
    [Range(0, MostS)]
    public double? ShadowS { get; init; }

    /// <summary>Least agreement in the shadow, 0..1, see <see cref="ModelShadow.Agreement"/>; null: any.</summary>
    [Range(0, 1)]
    public double? MinAgreement { get; init; }

    /// <summary>Seconds for which it is watched once in use; null: 60.</summary>
    [Range(0, MostS)]
    public double? SettleS { get; init; }
}

/// <summary>The command <c>model.rollback</c>: go back to the model that was in use before.</summary>
public sealed record ModelRollbackCommand : CommandDocument;

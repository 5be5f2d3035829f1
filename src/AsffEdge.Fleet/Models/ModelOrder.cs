using System.Text.Json.Nodes;
using AsffEdge.Messaging;

namespace AsffEdge.Fleet.Models;

/// <summary>A model to roll out, and how each agent is to go about it.</summary>
/// <param name="Sha256">Lower-case hex of the file.</param>
/// <param name="Size">Its bytes.</param>
/// <param name="By">Who wants it, for people.</param>
internal sealed record ModelOrder(string Sha256, long Size, string By)
{
    /// <summary>Where agents fetch it; null: in chunks from the broker.</summary>
    public string? Url { get; init; }

    /// <summary>Bytes of a chunk.</summary>
    public int ChunkBytes { get; init; } = ModelStageCommand.DefaultChunkBytes;

    /// <summary>Base64 of its signature; null: not signed.</summary>
    public string? Signature { get; init; }

    /// <summary>Whether agents only fetch and check it.</summary>
    public bool StageOnly { get; init; }

    /// <summary>Whether those that run it are told too: they keep the signature, for when the key of the one before is revoked.</summary>
    public bool RenewsSignature => StageOnly && Signature is not null;

    /// <summary>Seconds in the shadow of the model in use.</summary>
    public double ShadowS { get; init; }

    /// <summary>Least agreement in the shadow, 0..1; null: any.</summary>
    public double? MinAgreement { get; init; }

    /// <summary>Seconds for which each agent watches it once in use.</summary>
    public double SettleS { get; init; }

    /// <summary>The body of <c>model.stage</c>.</summary>
    public JsonObject Stage()
    {
        JsonObject body = Head();
        body["sha256"] = Sha256;
        body["size"] = Size;
        if (Url is null)
        {
            body["chunk_bytes"] = ChunkBytes;
        }
        else
        {
            body["url"] = Url;
        }

        if (Signature is not null)
        {
            body["signature"] = Signature;
        }

        return body;
    }

    /// <summary>The body of <c>model.activate</c>.</summary>
    public JsonObject Activate()
    {
        JsonObject body = Head();
        body["sha256"] = Sha256;
        body["shadow_s"] = ShadowS;
        body["settle_s"] = SettleS;
        if (MinAgreement is { } least)
        {
            body["min_agreement"] = least;
        }

        return body;
    }

    /// <summary>The body of <c>model.rollback</c>.</summary>
    public JsonObject Rollback() => Head();

    private JsonObject Head() => new() { ["v"] = 1, ["by"] = By };
}

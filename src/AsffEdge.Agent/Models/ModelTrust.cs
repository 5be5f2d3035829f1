using AsffEdge.Agent.Configuration;
using AsffEdge.Control.Models;
using AsffEdge.Messaging;
using NSec.Cryptography;

namespace AsffEdge.Agent.Models;

/// <summary>Whose models are put to use: where keys are configured, those that one of them has signed, and the configured file.</summary>
/// <param name="options">What is configured.</param>
internal sealed class ModelTrust(ModelOptions options)
{
    private readonly PublicKey[] _keys = [.. options.SigningKeys.Select(ModelSigning.ReadKey)];

    /// <summary>Sees that a model may be used.</summary>
    /// <param name="sha256">Lower-case hex of its file.</param>
    /// <param name="signature">Base64 of its signature; null: it has none.</param>
    /// <exception cref="DocumentRejectedException">It may not.</exception>
    public void Require(string sha256, string? signature)
    {
        if (WhyNot(sha256, signature) is { } why)
        {
            throw new DocumentRejectedException(ResultCode.BadSignature, why);
        }
    }

    /// <summary>Why a model that was in use before may not be used now, a sentence for people; null: it may.</summary>
    public string? WhyNot(StoredModel model) =>
        model.Configured ? null : WhyNot(model.Sha256, model.Signature);

    /// <summary>Why a model may not be used, a sentence for people; null: it may.</summary>
    /// <param name="sha256">Lower-case hex of its file.</param>
    /// <param name="signature">Base64 of its signature; null: none is known.</param>
    public string? WhyNot(string sha256, string? signature) =>
        _keys.Length == 0
        || signature is not null && ModelSigning.IsSigned(sha256, signature, _keys)
            ? null
            : (
                signature is null
                    ? "the model is not signed"
                    : "the model's signature is none of this file by a key that is trusted here"
            )
                + $"; this agent uses only models signed with {(_keys.Length == 1 ? "the key" : "one of the keys")} of model.signing_keys: 'asff-fleet model sign' signs them";
}

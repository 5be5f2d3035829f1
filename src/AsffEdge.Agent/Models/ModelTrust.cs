using AsffEdge.Agent.Configuration;
using AsffEdge.Control.Models;
using AsffEdge.Messaging;
using NSec.Cryptography;

namespace AsffEdge.Agent.Models;

/// <summary>Whose models are put to use: where keys are configured, those that one of them has signed.</summary>
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
        if (
            _keys.Length == 0
            || signature is not null && ModelSigning.IsSigned(sha256, signature, _keys)
        )
        {
            return;
        }

        throw new DocumentRejectedException(
            ResultCode.BadSignature,
            (
                signature is null
                    ? "the model is not signed"
                    : "the model's signature is none of this file by a key that is trusted here"
            )
                + $"; this agent uses only models signed with {(_keys.Length == 1 ? "the key" : "one of the keys")} of model.signing_keys: 'asff-fleet model sign' signs them"
        );
    }
}

namespace AsffEdge.Messaging;

/// <summary>What is signed where models are signed.</summary>
public static class ModelSignature
{
    /// <summary>Bytes of a signature (Ed25519, RFC 8032).</summary>
    public const int Bytes = 64;

    /// <summary>The text, in UTF-8, that a model's signature is over: it names the file by its hash, so that nobody has to hold the file in memory.</summary>
    /// <param name="sha256">Lower-case hex of the file.</param>
    public static string Statement(string sha256) => $"asff-edge model {sha256}\n";
}

using System.Security.Cryptography;
using System.Text;
using AsffEdge.Messaging;
using NSec.Cryptography;

namespace AsffEdge.Control.Models;

/// <summary>
/// Signs models and checks signatures: Ed25519 (RFC 8032) over <see cref="ModelSignature.Statement"/>, with keys in PEM files as
/// <c>openssl genpkey -algorithm ed25519</c> and <c>openssl pkey -pubout</c> write them.
/// </summary>
public static class ModelSigning
{
    private static readonly SignatureAlgorithm Algorithm = SignatureAlgorithm.Ed25519;

    /// <summary>Signs a file's hash.</summary>
    /// <param name="sha256">Lower-case hex of the file.</param>
    /// <param name="keyFile">The private key.</param>
    /// <returns>Base64 of the signature.</returns>
    /// <exception cref="FormatException">The file holds no such key; the message names it.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static string Sign(string sha256, string keyFile)
    {
        byte[] text = File.ReadAllBytes(keyFile);
        try
        {
            using Key key = Key.Import(Algorithm, text, KeyBlobFormat.PkixPrivateKeyText);
            return Convert.ToBase64String(Algorithm.Sign(key, Signed(sha256)));
        }
        catch (FormatException error)
        {
            throw new FormatException(
                $"{keyFile} holds no private Ed25519 key in PEM; 'openssl genpkey -algorithm ed25519 -out {Path.GetFileName(keyFile)}' makes one",
                error
            );
        }
        finally
        {
            CryptographicOperations.ZeroMemory(text);
        }
    }

    /// <summary>Reads a key to check with.</summary>
    /// <exception cref="FormatException">The file holds no such key; the message names it.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static PublicKey ReadKey(string file)
    {
        try
        {
            return PublicKey.Import(
                Algorithm,
                File.ReadAllBytes(file),
                KeyBlobFormat.PkixPublicKeyText
            );
        }
        catch (FormatException error)
        {
            throw new FormatException(
                $"{file} holds no public Ed25519 key in PEM; 'openssl pkey -in KEY.pem -pubout -out {Path.GetFileName(file)}' writes one",
                error
            );
        }
    }

    /// <summary>Whether one of the keys made the signature.</summary>
    /// <param name="sha256">Lower-case hex of the file.</param>
    /// <param name="signature">Base64 of the signature; anything else is none.</param>
    /// <param name="keys">The keys that are trusted.</param>
    public static bool IsSigned(string sha256, string signature, IEnumerable<PublicKey> keys)
    {
        byte[] bytes = new byte[ModelSignature.Bytes];
        return Convert.TryFromBase64String(signature, bytes, out int length)
            && length == bytes.Length
            && keys.Any(key => Algorithm.Verify(key, Signed(sha256), bytes));
    }

    private static byte[] Signed(string sha256) =>
        Encoding.UTF8.GetBytes(ModelSignature.Statement(sha256));
}

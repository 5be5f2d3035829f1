using System.Security.Cryptography;

namespace AsffEdge.Detection;

/// <summary>
/// A model file's own checksum: an entry of its <c>metadata_props</c> with the SHA-256 of all other bytes, so that a changed byte is found
/// wherever the file comes from and without anything beside it. It guards against damage, not against somebody who can write the entry anew.
/// </summary>
public static class ModelSeal
{
    /// <summary>The key in <c>metadata_props</c>; its value is the SHA-256 in lower-case hexadecimal.</summary>
    public const string MetadataKey = "asff-edge.checksum";

    private const int BufferBytes = 1 << 16;

    /// <summary>Copies an ONNX file with other metadata and a fresh checksum, which comes first; every other record stays as it is, byte for byte.</summary>
    /// <param name="source">The file; can seek.</param>
    /// <param name="target">Takes the copy.</param>
    /// <param name="metadata">What to set, by key.</param>
    /// <exception cref="FormatException">The source is no ONNX file.</exception>
    /// <exception cref="EndOfStreamException">The source ends in the middle.</exception>
    public static void Write(
        Stream source,
        Stream target,
        IReadOnlyDictionary<string, string> metadata
    )
    {
        OnnxEnvelope envelope = OnnxEnvelope.Read(source);
        HashSet<long> dropped =
        [
            .. metadata
                .Keys.Append(MetadataKey)
                .Select(key => envelope.MetadataRecord(key)?.Start ?? -1),
        ];
        OnnxRecord[] kept = [.. envelope.Records.Where(record => !dropped.Contains(record.Start))];
        byte[][] added = [.. metadata.Select(entry => OnnxEnvelope.Encode(entry.Key, entry.Value))];
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (byte[] record in added)
        {
            hash.AppendData(record);
        }

        foreach (OnnxRecord record in kept)
        {
            Walk(source, record.Start, record.End, bytes => hash.AppendData(bytes));
        }

        string checksum = Convert.ToHexStringLower(hash.GetHashAndReset());
        target.Write(OnnxEnvelope.Encode(MetadataKey, checksum));
        foreach (byte[] record in added)
        {
            target.Write(record);
        }

        foreach (OnnxRecord record in kept)
        {
            Walk(source, record.Start, record.End, target.Write);
        }
    }

    /// <summary>Reads a file once, for both of its checksums.</summary>
    /// <returns>The SHA-256 of the file, and that of all but its own checksum's entry; lower-case hexadecimal.</returns>
    internal static (string Sha256, string Content) Hash(Stream file, OnnxEnvelope envelope)
    {
        OnnxRecord seal = envelope.MetadataRecord(MetadataKey) ?? default;
        using IncrementalHash whole = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using IncrementalHash content = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Walk(file, 0, seal.Start, Both);
        Walk(file, seal.Start, seal.End, bytes => whole.AppendData(bytes));
        Walk(file, seal.End, file.Length, Both);
        return (
            Convert.ToHexStringLower(whole.GetHashAndReset()),
            Convert.ToHexStringLower(content.GetHashAndReset())
        );

        void Both(ReadOnlySpan<byte> bytes)
        {
            whole.AppendData(bytes);
            content.AppendData(bytes);
        }
    }

    private static void Walk(Stream file, long from, long to, Action<ReadOnlySpan<byte>> take)
    {
        byte[] buffer = new byte[(int)Math.Min(BufferBytes, to - from)];
        file.Position = from;
        while (from < to)
        {
            int count = (int)Math.Min(buffer.Length, to - from);
            file.ReadExactly(buffer, 0, count);
            take(buffer.AsSpan(0, count));
            from += count;
        }
    }
}

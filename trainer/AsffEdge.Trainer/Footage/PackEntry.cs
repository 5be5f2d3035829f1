using System.Security.Cryptography;

namespace AsffEdge.Trainer.Footage;

/// <summary>A file of a pack with its bytes.</summary>
/// <param name="Listed">What the pack says about it.</param>
/// <param name="Content">As long as listed.</param>
internal sealed record PackEntry(PackFile Listed, byte[] Content)
{
    /// <summary>What is wrong with the bytes; null where they are those that are listed.</summary>
    public string? Problem()
    {
        string found = Convert.ToHexStringLower(SHA256.HashData(Content));
        return found == Listed.Sha256
            ? null
            : $"its SHA-256 is {found}; {PackNames.Manifest} says {Listed.Sha256}";
    }
}

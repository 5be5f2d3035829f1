namespace AsffEdge.Agent.Footage;

/// <summary><c>pack.json</c> of a pack; <c>docs/footage.md</c> describes the keys.</summary>
internal sealed record PackManifest
{
    /// <summary>The name of its entry.</summary>
    public const string Name = "pack.json";

    /// <summary>The format that is written.</summary>
    public const int CurrentFormat = 1;

    public required int Format { get; init; }

    public required string Agent { get; init; }

    public required string AgentVersion { get; init; }

    public required DateTime Created { get; init; }

    public required DateTime From { get; init; }

    public required DateTime To { get; init; }

    public required IReadOnlyList<PackedFile> Files { get; init; }
}

/// <summary>A file of a pack.</summary>
/// <param name="Name">Its entry's name.</param>
/// <param name="Size">Its bytes.</param>
/// <param name="Sha256">Of its bytes, 64 lower-case hex digits.</param>
internal sealed record PackedFile(string Name, long Size, string Sha256);

/// <summary><c>end.json</c> of a pack.</summary>
/// <param name="Format">As in <see cref="PackManifest"/>.</param>
/// <param name="Files">Files of the pack.</param>
/// <param name="Bytes">Their bytes.</param>
/// <param name="PackSha256">Of the bytes of <c>pack.json</c>.</param>
internal sealed record PackEnd(int Format, int Files, long Bytes, string PackSha256)
{
    /// <summary>The name of its entry.</summary>
    public const string Name = "end.json";
}

using System.Text.Json.Serialization;

namespace AsffEdge.Trainer.Footage;

/// <summary><c>pack.json</c>: what a pack holds (docs/footage.md).</summary>
/// <param name="Format">Version of the layout.</param>
/// <param name="Agent">The agent's id.</param>
/// <param name="AgentVersion">The program's version.</param>
/// <param name="Created">When the pack was made, UTC.</param>
/// <param name="From">Capture time of the first picture, UTC.</param>
/// <param name="To">Of the last one.</param>
/// <param name="Files">All entries but <c>pack.json</c> and <c>end.json</c>, in the tar's order.</param>
internal sealed record PackManifest(
    [property: JsonRequired] int Format,
    [property: JsonRequired] string Agent,
    [property: JsonRequired] string AgentVersion,
    [property: JsonRequired] DateTime Created,
    [property: JsonRequired] DateTime From,
    [property: JsonRequired] DateTime To,
    [property: JsonRequired] IReadOnlyList<PackFile> Files
)
{
    /// <summary>The layout that is read.</summary>
    public const int CurrentFormat = 1;
}

/// <summary>One entry of a pack.</summary>
/// <param name="Name">Its name in the tar.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Sha256">Lower-case hex.</param>
internal sealed record PackFile(
    [property: JsonRequired] string Name,
    [property: JsonRequired] long Size,
    [property: JsonRequired] string Sha256
);

/// <summary><c>end.json</c>: the pack is complete.</summary>
/// <param name="Format">Version of the layout.</param>
/// <param name="Files">How many files <c>pack.json</c> lists.</param>
/// <param name="Bytes">Their bytes together.</param>
/// <param name="PackSha256">Of <c>pack.json</c>: the pack's identity.</param>
internal sealed record PackEnd(
    [property: JsonRequired] int Format,
    [property: JsonRequired] long Files,
    [property: JsonRequired] long Bytes,
    [property: JsonRequired] string PackSha256
);

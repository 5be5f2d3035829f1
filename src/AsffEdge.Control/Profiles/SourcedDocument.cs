using AsffEdge.Messaging;

namespace AsffEdge.Control.Profiles;

/// <summary>A desired document and the source it came from, see <see cref="DocumentSource"/>.</summary>
public sealed record SourcedDocument(string Source, DesiredDocument Document)
{
    /// <summary>Whether both are the same revision of the same source, or both null: the local configuration.</summary>
    public static bool AreSame(SourcedDocument? one, SourcedDocument? other) =>
        one?.Source == other?.Source && one?.Document.Rev == other?.Document.Rev;
}

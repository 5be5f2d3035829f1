using AsffEdge.Messaging;

namespace AsffEdge.Control.Profiles;

/// <summary>What has come from each source since the process started, and what was refused of it. Not thread-safe.</summary>
internal sealed class SourceLedger
{
    private readonly Dictionary<string, long> _seen = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DocumentRejectedException> _refused = new(
        StringComparer.Ordinal
    );

    /// <summary>The last revision that came, from whichever source; null: none.</summary>
    public long? LastSeen { get; private set; }

    /// <summary>Why the last document of all was refused; null: it was not.</summary>
    public DocumentRejectedException? LastRefusal { get; private set; }

    /// <summary>The last revision of a source; null: none that could be read.</summary>
    public long? Seen(string source) =>
        _seen.TryGetValue(source, out long revision) ? revision : null;

    /// <summary>Why the last document of a source was refused; null: it was not, or none has come.</summary>
    public DocumentRejectedException? Refusal(string source) => _refused.GetValueOrDefault(source);

    /// <summary>A document has come.</summary>
    public void See(string source, long? revision)
    {
        if (revision is { } seen)
        {
            _seen[source] = seen;
            LastSeen = seen;
        }
    }

    /// <summary>The last document of a source was refused.</summary>
    public void Refuse(string source, DocumentRejectedException refusal)
    {
        _refused[source] = refusal;
        LastRefusal = refusal;
    }

    /// <summary>The last document of a source was taken.</summary>
    public void Take(string source)
    {
        _refused.Remove(source);
        LastRefusal = null;
    }

    /// <summary>Something newer than the last refusal has to be told.</summary>
    public void Forget() => LastRefusal = null;
}

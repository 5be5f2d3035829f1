using System.Text.Json;
using AsffEdge.Messaging;

namespace AsffEdge.Control.Profiles;

/// <summary>The documents that were found good and are not carried out yet: the newest of each source, and the one in work. Not thread-safe.</summary>
internal sealed class ChangeQueue
{
    private readonly List<PendingChange> _waiting = [];
    private PendingChange? _inWork;

    /// <summary>Their documents, the one in work first.</summary>
    public IReadOnlyList<SourcedDocument> Pending =>
        [
            .. (_inWork is { } inWork ? [inWork] : Array.Empty<PendingChange>())
                .Concat(_waiting)
                .Select(change => change.Subject),
        ];

    /// <summary>Whether a document is, word for word, the newest of its source, here or in <paramref name="state"/>.</summary>
    public bool Knows(SourcedDocument subject, DesiredState state) =>
        Newest(subject.Source, state) is { } newest
        && ToJson(newest).AsSpan().SequenceEqual(ToJson(subject.Document));

    /// <summary>Refuses a document that is not newer than what has come from its source.</summary>
    /// <exception cref="DocumentRejectedException">It is stale.</exception>
    public void RequireNewer(SourcedDocument subject, DesiredState state)
    {
        if (Newest(subject.Source, state) is { } newest && subject.Document.Rev <= newest.Rev)
        {
            throw new DocumentRejectedException(
                ResultCode.StaleRev,
                $"'rev' is {subject.Document.Rev}; allowed: greater than {newest.Rev}, which this agent holds of the source '{subject.Source}'"
            );
        }
    }

    /// <summary>Adds a document; those of its source that still wait are superseded.</summary>
    public void Add(PendingChange change)
    {
        foreach (PendingChange older in _waiting.Where(change.IsOfSameSource).ToArray())
        {
            _waiting.Remove(older);
            older.Supersede(change.Subject.Document.Rev);
        }

        _waiting.Add(change);
    }

    /// <summary>Takes the one that has waited longest into work; null when none waits.</summary>
    public PendingChange? TakeNext()
    {
        _inWork = _waiting.FirstOrDefault();
        if (_inWork is not null)
        {
            _waiting.RemoveAt(0);
        }

        return _inWork;
    }

    /// <summary>The one in work has been carried out or refused.</summary>
    public void EndWork() => _inWork = null;

    /// <summary>Stops the work on a document that a newer one of its source has overtaken.</summary>
    /// <exception cref="DocumentRejectedException">One has.</exception>
    public void ThrowIfOvertaken(PendingChange change)
    {
        if (_waiting.FirstOrDefault(change.IsOfSameSource) is { } newer)
        {
            throw PendingChange.Superseded(newer.Subject.Document.Rev);
        }
    }

    private DesiredDocument? Newest(string source, DesiredState state) =>
        Pending.LastOrDefault(pending => pending.Source == source)?.Document
        ?? state.Held.GetValueOrDefault(source)?.Document;

    private static byte[] ToJson(DesiredDocument document) =>
        JsonSerializer.SerializeToUtf8Bytes(document, MessageJson.Wire.DesiredDocument);
}

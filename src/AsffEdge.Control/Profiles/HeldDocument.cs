using AsffEdge.Messaging;

namespace AsffEdge.Control.Profiles;

/// <summary>The last good document of a source, in <see cref="DesiredState"/>.</summary>
/// <param name="Document">The document.</param>
public sealed record HeldDocument(DesiredDocument Document)
{
    /// <summary>How often the process has started while the document was being watched.</summary>
    public int Starts { get; init; }

    /// <summary>Why it did not settle; null: it has not failed.</summary>
    public DocumentFailure? Failure { get; init; }

    /// <summary>False where the configuration or the model has changed under it, so that it can no longer be carried out. Not stored.</summary>
    public bool Fits { get; init; } = true;
}

/// <summary>How a document in force failed.</summary>
/// <param name="Code">What was wrong.</param>
/// <param name="Detail">A sentence for people.</param>
/// <param name="RolledBack">Whether it is no longer in force for that.</param>
public sealed record DocumentFailure(ResultCode Code, string Detail, bool RolledBack);

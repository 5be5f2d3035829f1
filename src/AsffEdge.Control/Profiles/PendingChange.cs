using AsffEdge.Messaging;

namespace AsffEdge.Control.Profiles;

/// <summary>A document that was found good and waits to be carried out, or is being carried out.</summary>
internal sealed class PendingChange(SourcedDocument subject)
{
    private readonly TaskCompletionSource<CarriedOut> _done = new(
        TaskCreationOptions.RunContinuationsAsynchronously
    );

    /// <summary>The document.</summary>
    public SourcedDocument Subject => subject;

    /// <summary>Completes when it has been carried out; faults with a <see cref="DocumentRejectedException"/>.</summary>
    public Task<CarriedOut> Done => _done.Task;

    /// <summary>Whether <paramref name="other"/> comes from the same source.</summary>
    public bool IsOfSameSource(PendingChange other) => other.Subject.Source == Subject.Source;

    public void Complete(CarriedOut result) => _done.TrySetResult(result);

    public void Reject(DocumentRejectedException rejection)
    {
        _done.TrySetException(rejection);
        _ = _done.Task.Exception; // looked at, since not everybody who submits a document waits for it
    }

    /// <summary>A newer document of the same source has come.</summary>
    public void Supersede(long newer) => Reject(Superseded(newer));

    /// <summary>The refusal of a document that a newer one of its source has overtaken.</summary>
    public static DocumentRejectedException Superseded(long newer) =>
        new(ResultCode.Superseded, $"rev {newer} of the same source came before its turn");
}

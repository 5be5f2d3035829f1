using AsffEdge.Messaging;

namespace AsffEdge.Control.Profiles;

/// <summary>How far the documents of all sources are, for <see cref="ReportedDocument"/>.</summary>
internal sealed class SourceReport
{
    private readonly DesiredState _state;
    private readonly DesiredState _wanted;
    private readonly IReadOnlyCollection<SourcedDocument> _pending;
    private readonly SourceLedger _ledger;

    /// <param name="state">What is held.</param>
    /// <param name="pending">What was found good and is not carried out yet.</param>
    /// <param name="ledger">What has come and what was refused.</param>
    public SourceReport(
        DesiredState state,
        IReadOnlyCollection<SourcedDocument> pending,
        SourceLedger ledger
    )
    {
        _state = state;
        _wanted = pending.Aggregate(
            state,
            (wanted, next) => wanted.With(next.Source, next.Document)
        );
        _pending = pending;
        _ledger = ledger;
    }

    /// <summary>The last document of all where it was refused, else how far the strongest is.</summary>
    public ReportedSource Headline =>
        _ledger.LastRefusal is { } refusal ? Rejected(refusal)
        : _wanted.Strongest is { } strongest ? Taken(strongest.Source)
        : new ReportedSource(
            _pending.Count > 0 ? ReportedState.Pending : ReportedState.Applied,
            ResultCode.Ok
        );

    /// <summary>The sources from which something has come; null: none.</summary>
    public IReadOnlyDictionary<string, ReportedSource>? Sources
    {
        get
        {
            Dictionary<string, ReportedSource> sources = _state
                .Order.Where(source =>
                    _wanted.Held.ContainsKey(source) || _ledger.Refusal(source) is not null
                )
                .ToDictionary(source => source, Describe, StringComparer.Ordinal);
            return sources.Count > 0 ? sources : null;
        }
    }

    private ReportedSource Describe(string source)
    {
        ReportedSource described = _ledger.Refusal(source) is { } refusal
            ? Rejected(refusal)
            : Taken(source);
        return described with
        {
            RevSeen = _ledger.Seen(source),
            Rev = _state.Held.GetValueOrDefault(source)?.Document.Rev,
        };
    }

    private static ReportedSource Rejected(DocumentRejectedException refusal) =>
        new(ReportedState.Rejected, refusal.Code) { Detail = refusal.Message };

    private ReportedSource Taken(string source)
    {
        HeldDocument held = _wanted.Held[source];
        bool isPending = _pending.Any(pending => pending.Source == source);
        if (held.Document.Profile != ReservedProfile.Inherit)
        {
            if (source != _wanted.Strongest?.Source)
            {
                return new ReportedSource(ReportedState.Overridden, ResultCode.Ok);
            }

            isPending |= _wanted.IsOnTrial;
        }

        return held.Failure is { } failure
            ? new ReportedSource(
                failure.RolledBack ? ReportedState.RolledBack : ReportedState.Applied,
                failure.Code
            )
            {
                Detail = failure.Detail,
            }
            : new ReportedSource(
                isPending ? ReportedState.Pending : ReportedState.Applied,
                ResultCode.Ok
            );
    }
}

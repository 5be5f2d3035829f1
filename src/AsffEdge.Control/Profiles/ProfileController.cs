using AsffEdge.Control.Settings;
using AsffEdge.Messaging;
using Microsoft.Extensions.Logging;

namespace AsffEdge.Control.Profiles;

/// <summary>
/// Puts desired documents in force: everything is checked before anything is touched, new sizes are warmed off the readers' path, the
/// selection is replaced between two frames and then watched until it has settled; what fails is rolled back. Thread-safe; one change at a time.
/// </summary>
public sealed partial class ProfileController : IDisposable
{
    private static readonly TimeSpan JudgeEvery = TimeSpan.FromSeconds(1);

    private readonly DesiredStore _store;
    private readonly IAutoProfile _auto;
    private readonly IDevice _device;
    private readonly Action<ReportedDocument> _publish;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _oneChange = new(1);
    private readonly ITimer _judging;
    private readonly HashSet<int> _warmed;

    // What follows is read and written under this lock; the state, what is in force and what is watched are only written by the one change
    // that is being made.
    private readonly Lock _lock = new();
    private readonly SourceLedger _ledger = new();
    private readonly ChangeQueue _queue = new();
    private readonly DateTime[] _switched;
    private readonly long?[] _changed;
    private volatile ProfileBook _book;
    private DesiredState _state;
    private SourcedDocument? _inForce;
    private volatile ProfileAssignment _assignment;
    private volatile SettlingWatch? _watch;
    private string? _autoReason;
    private string? _heldDownReason;
    private string? _storeWarning;

    /// <summary>Starts with the stored documents where they still fit, else with the local configuration.</summary>
    /// <param name="book">The profiles and the cameras.</param>
    /// <param name="groups">The groups the agent belongs to, strongest first.</param>
    /// <param name="store">The documents from before the last restart.</param>
    /// <param name="auto">Decides what <c>auto</c> stands for.</param>
    /// <param name="device">What the profiles run on; not used before <see cref="Start"/>.</param>
    /// <param name="publish">Takes every new reported document; must not block.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The log.</param>
    public ProfileController(
        ProfileBook book,
        IReadOnlyList<string> groups,
        DesiredStore store,
        IAutoProfile auto,
        IDevice device,
        Action<ReportedDocument> publish,
        TimeProvider time,
        ILogger<ProfileController> logger
    )
    {
        _book = book;
        _store = store;
        _auto = auto;
        _device = device;
        _publish = publish;
        _time = time;
        _logger = logger;
        _state = Restore(DocumentSource.Of(groups));
        _inForce = _state.InForce;
        _assignment = AssignmentOf(_inForce);
        Selection = new ProfileSelection(Choose(_assignment, null), RevisionOf(_inForce));
        _warmed = [.. Sizes(Selection.Current.Profiles)];
        _switched = new DateTime[book.Cameras.Count];
        _changed = new long?[book.Cameras.Count];
        Array.Fill(_switched, time.GetUtcNow().UtcDateTime);
        _judging = time.CreateTimer(
            _ => Judge(),
            null,
            Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan
        );
    }

    /// <summary>What every camera runs. The sizes it starts with must be warmed before the first frame.</summary>
    public ProfileSelection Selection { get; }

    /// <summary>What was asked for: which cameras are on <c>auto</c>, and the profiles to choose from.</summary>
    public ProfileAssignment Assignment => _assignment;

    /// <summary>Reports, and goes on to watch what had not settled when the process ended. To be called once, when the device can be used.</summary>
    public void Start()
    {
        lock (_lock)
        {
            Watch();
        }

        Report();
    }

    /// <summary>
    /// Takes a document, or refuses it and changes nothing; reports either. It is carried out when its turn comes, unless a newer one of its
    /// source has come by then.
    /// </summary>
    /// <param name="subject">The document.</param>
    /// <param name="mayBeRepeated">
    /// Whether a document that is held already, word for word, may come again: the broker repeats a retained one at every connection, and any
    /// whose acknowledgement was lost.
    /// </param>
    /// <returns>Completes when it has been carried out; faults with a <see cref="DocumentRejectedException"/> when it could not be.</returns>
    /// <exception cref="DocumentRejectedException">It is refused.</exception>
    public Task<CarriedOut> Submit(SourcedDocument subject, bool mayBeRepeated)
    {
        PendingChange change = new(subject);
        try
        {
            lock (_lock)
            {
                _ledger.See(subject.Source, subject.Document.Rev);
                if (mayBeRepeated && _queue.Knows(subject, _state))
                {
                    RequireFit(subject.Document);
                    change.Complete(new CarriedOut(null, "it is held already"));
                }
                else
                {
                    _queue.RequireNewer(subject, _state);
                    RequireFit(subject.Document);
                    _queue.Add(change);
                }

                _ledger.Take(subject.Source);
            }
        }
        catch (DocumentRejectedException rejection)
        {
            Reject(subject.Source, subject.Document.Rev, rejection);
            throw;
        }

        Report();
        _ = WorkAsync();
        return change.Done;
    }

    /// <summary>Reports that a document of a source was refused before it could be read whole.</summary>
    public void Reject(string source, DocumentRejectedException rejection)
    {
        lock (_lock)
        {
            _ledger.See(source, rejection.Rev);
        }

        Reject(source, rejection.Rev, rejection);
    }

    /// <summary>Gives the cameras on <c>auto</c> another profile between two frames, and reports it. The revision stays.</summary>
    /// <param name="profile">One of <see cref="Assignment"/>'s.</param>
    /// <param name="reason">Why, a sentence for people.</param>
    /// <returns>False when no camera is on <c>auto</c> any more or the profile is no longer one to choose from: nothing has changed.</returns>
    /// <exception cref="DocumentRejectedException">The device cannot run it: nothing has changed.</exception>
    public async Task<bool> AdaptAsync(Profile profile, string reason)
    {
        await _oneChange.WaitAsync().ConfigureAwait(false);
        try
        {
            ProfileAssignment assignment = _assignment;
            if (
                !assignment.HasAuto
                || _heldDownReason is not null
                || !assignment.Profiles.Values.Contains(profile)
            )
            {
                return false;
            }

            IReadOnlyList<Profile> profiles = assignment.With(profile);
            await WarmAsync(profiles, null).ConfigureAwait(false);
            lock (_lock)
            {
                _autoReason = reason;
                Switch(assignment, profiles, Selection.Current.Revision);
            }

            Report();
            return true;
        }
        finally
        {
            _oneChange.Release();
        }
    }

    /// <summary>Notes that the inference of a frame failed. Inference thread; does not block.</summary>
    /// <param name="change">The number of the change of profiles it was inferred under, see <see cref="ProfileSelection.Snapshot"/>.</param>
    public void OnInferenceFailed(long change)
    {
        if (_watch is { } watch && change >= watch.Change && watch.NoteFailure())
        {
            _ = Task.Run(Judge);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _judging.Dispose();
        _oneChange.Dispose();
    }

    private void Reject(string source, long? revision, DocumentRejectedException rejection)
    {
        ProfileLog.Rejected(_logger, source, revision, rejection.Code, rejection.Message);
        lock (_lock)
        {
            _ledger.Refuse(source, rejection);
        }

        Report();
    }

    private static long RevisionOf(SourcedDocument? document) => document?.Document.Rev ?? 0;

    private static IEnumerable<int> Sizes(IEnumerable<Profile> profiles) =>
        profiles.Select(profile => profile.Size).Distinct();

    private ProfileAssignment AssignmentOf(SourcedDocument? document) =>
        document is null ? _book.Local : _book.Resolve(document.Document);

    private IReadOnlyList<Profile> Choose(ProfileAssignment assignment, string? heldDown)
    {
        if (heldDown is not null)
        {
            return HeldDown(assignment);
        }

        if (!assignment.HasAuto)
        {
            return assignment.With(null);
        }

        AutoChoice choice = _auto.Choose(assignment.Profiles);
        _autoReason = choice.Reason;
        return assignment.With(choice.Profile);
    }

    private DesiredState Restore(IReadOnlyList<string> order)
    {
        DesiredState state = _store.Load(order);
        foreach (string source in order.Reverse())
        {
            if (!state.Held.TryGetValue(source, out HeldDocument? held))
            {
                continue;
            }

            _ledger.See(source, held.Document.Rev);
            if (WhyUnfit(held.Document) is { } rejection)
            {
                // The configuration or the model changed under it.
                ProfileLog.NotRestored(_logger, source, held.Document.Rev, rejection.Message);
                _ledger.Refuse(source, rejection);
                state = state with
                {
                    Held = state.Held.SetItem(source, held with { Fits = false }),
                };
            }
            else
            {
                _ledger.Take(source);
            }
        }

        if (state.LastGood is { } good && WhyUnfit(good.Document) is not null)
        {
            state = state with { LastGood = null };
        }

        DesiredState started = state.AfterStart();
        if (started != state)
        {
            _storeWarning = _store.Save(started);
        }

        return started;
    }
}

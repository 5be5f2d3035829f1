using AsffEdge.Control.Settings;
using AsffEdge.Messaging;
using Microsoft.Extensions.Logging;

namespace AsffEdge.Control.Profiles;

/// <summary>
/// Puts desired documents in force: everything is checked before anything is touched, new sizes are warmed off the readers' path, the
/// selection is replaced between two frames. Thread-safe; one change at a time.
/// </summary>
public sealed class ProfileController : IDisposable
{
    /// <summary>The source of documents that are addressed to this agent alone.</summary>
    public const string AgentSource = "agent";

    private const string LocalSource = "local";

    // For so long after a switch the recent figures may still hold frames of the profile before.
    private static readonly TimeSpan FiguresReachBack = TimeSpan.FromSeconds(60);

    private readonly IReadOnlyList<string> _cameras;
    private readonly ProfileBook _book;
    private readonly DesiredStore _store;
    private readonly IAutoProfile _auto;
    private readonly Func<int, Task> _warm;
    private readonly Func<int, CameraPerformance> _performance;
    private readonly Action<ReportedDocument> _publish;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly HashSet<int> _warmed;
    private readonly DateTime[] _switched;
    private readonly long?[] _changed;
    private readonly SemaphoreSlim _oneChange = new(1);
    private readonly Lock _reportLock = new();
    private volatile ProfileAssignment _assignment;
    private string? _autoReason;
    private long? _seen;
    private (ReportedState State, ResultCode Code, string? Detail) _outcome = (
        ReportedState.Applied,
        ResultCode.Ok,
        null
    );

    /// <summary>Starts with the stored document where there is one that still fits, else with the local configuration.</summary>
    /// <param name="book">The profiles and the cameras.</param>
    /// <param name="store">The documents in force before the last restart.</param>
    /// <param name="auto">Decides what <c>auto</c> stands for.</param>
    /// <param name="warm">Runs one inference at a size, so that frames can follow at that size without delay; throws <see cref="DocumentRejectedException"/> where the device cannot.</param>
    /// <param name="performance">How fast a camera, by index, is inferred.</param>
    /// <param name="publish">Takes every new reported document; must not block.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The log.</param>
    public ProfileController(
        ProfileBook book,
        DesiredStore store,
        IAutoProfile auto,
        Func<int, Task> warm,
        Func<int, CameraPerformance> performance,
        Action<ReportedDocument> publish,
        TimeProvider time,
        ILogger<ProfileController> logger
    )
    {
        _cameras = book.Cameras;
        _book = book;
        _store = store;
        _auto = auto;
        _warm = warm;
        _performance = performance;
        _publish = publish;
        _time = time;
        _logger = logger;
        (_assignment, long revision) = Restore();
        Selection = new ProfileSelection(Choose(_assignment), revision);
        _warmed = [.. Sizes(Selection.Current.Profiles)];
        _switched = new DateTime[_cameras.Count];
        _changed = new long?[_cameras.Count];
        Array.Fill(_switched, time.GetUtcNow().UtcDateTime);
    }

    /// <summary>What every camera runs. The sizes it starts with must be warmed before the first frame.</summary>
    public ProfileSelection Selection { get; }

    /// <summary>What was asked for: which cameras are on <c>auto</c>, and the profiles to choose from.</summary>
    public ProfileAssignment Assignment => _assignment;

    /// <summary>Puts <paramref name="document"/> in force, or refuses it and changes nothing; reports either.</summary>
    /// <param name="document">The document.</param>
    /// <param name="redelivered">
    /// Whether the broker may merely be repeating the document in force, as it does with a retained message at every connection.
    /// </param>
    /// <param name="accepted">Is awaited once the document has been found good, before anything is prepared; null: nobody asks.</param>
    /// <exception cref="DocumentRejectedException">It is refused.</exception>
    public async Task ApplyAsync(
        DesiredDocument document,
        bool redelivered,
        Func<Task>? accepted = null
    )
    {
        await _oneChange.WaitAsync().ConfigureAwait(false);
        try
        {
            await ApplyNextAsync(document, redelivered, accepted).ConfigureAwait(false);
        }
        finally
        {
            _oneChange.Release();
        }
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
            if (!assignment.HasAuto || !assignment.Profiles.Values.Contains(profile))
            {
                return false;
            }

            IReadOnlyList<Profile> profiles = assignment.With(profile);
            await WarmAsync(profiles).ConfigureAwait(false);
            _autoReason = reason;
            Switch(assignment, profiles, Selection.Current.Revision);
            Report();
            return true;
        }
        finally
        {
            _oneChange.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _oneChange.Dispose();

    private async Task ApplyNextAsync(
        DesiredDocument document,
        bool redelivered,
        Func<Task>? accepted
    )
    {
        See(document.Rev);
        try
        {
            bool repeated = redelivered && _store.Holds(AgentSource, document);
            if (repeated && Selection.Current.Revision == document.Rev)
            {
                Conclude(ReportedState.Applied, ResultCode.Ok, null);
                return;
            }

            if (!repeated)
            {
                RequireNewer(document.Rev);
            }

            ProfileAssignment assignment = _book.Resolve(document);
            IReadOnlyList<Profile> profiles = Choose(assignment);
            Conclude(ReportedState.Pending, ResultCode.Ok, null);
            if (accepted is not null)
            {
                await accepted().ConfigureAwait(false);
            }

            await WarmAsync(profiles).ConfigureAwait(false);
            string? warning = _store.Put(AgentSource, document);
            Switch(assignment, profiles, document.Rev);
            Conclude(ReportedState.Applied, ResultCode.Ok, warning);
        }
        catch (DocumentRejectedException rejection)
        {
            Reject(document.Rev, rejection);
            throw;
        }
    }

    /// <summary>Reports that a document was refused before it could be read whole.</summary>
    public void Reject(DocumentRejectedException rejection)
    {
        See(rejection.Rev);
        Reject(rejection.Rev, rejection);
    }

    private void Reject(long? revision, DocumentRejectedException rejection)
    {
        ProfileLog.Rejected(_logger, revision, rejection.Code, rejection.Message);
        Conclude(ReportedState.Rejected, rejection.Code, rejection.Message);
    }

    /// <summary>Publishes the reported document anew, with the figures of now.</summary>
    public void Report()
    {
        lock (_reportLock)
        {
            ProfileSelection.Snapshot current = Selection.Current;
            long? revision = current.Revision > 0 ? current.Revision : null;
            _publish(
                new ReportedDocument
                {
                    RevSeen = _seen,
                    RevApplied = revision,
                    Source = revision is null ? LocalSource : AgentSource,
                    State = _outcome.State,
                    Code = _outcome.Code,
                    Detail = _outcome.Detail,
                    Cameras = _cameras
                        .Select(
                            (camera, index) => (camera, Describe(index, current.Profiles[index]))
                        )
                        .ToDictionary(
                            entry => entry.camera,
                            entry => entry.Item2,
                            StringComparer.Ordinal
                        ),
                    LastGood = revision,
                }
            );
        }
    }

    private static IEnumerable<int> Sizes(IEnumerable<Profile> profiles) =>
        profiles.Select(profile => profile.Size).Distinct();

    private IReadOnlyList<Profile> Choose(ProfileAssignment assignment)
    {
        if (!assignment.HasAuto)
        {
            return assignment.With(null);
        }

        AutoChoice choice = _auto.Choose(assignment.Profiles);
        _autoReason = choice.Reason;
        return assignment.With(choice.Profile);
    }

    private (ProfileAssignment Assignment, long Revision) Restore()
    {
        if (_store.Find(AgentSource) is { } document)
        {
            _seen = document.Rev;
            try
            {
                return (_book.Resolve(document), document.Rev);
            }
            catch (DocumentRejectedException rejection)
            {
                // The configuration or the model changed under it.
                ProfileLog.NotRestored(_logger, document.Rev, rejection.Message);
                _outcome = (ReportedState.Rejected, rejection.Code, rejection.Message);
            }
        }

        return (_book.Local, 0);
    }

    private void RequireNewer(long revision)
    {
        if (_store.Find(AgentSource)?.Rev is { } held && revision <= held)
        {
            throw new DocumentRejectedException(
                ResultCode.StaleRev,
                $"'rev' is {revision}; allowed: greater than {held}, which this agent holds"
            )
            {
                Rev = revision,
            };
        }
    }

    private async Task WarmAsync(IReadOnlyList<Profile> profiles)
    {
        foreach (int size in Sizes(profiles).Where(size => !_warmed.Contains(size)))
        {
            await _warm(size).ConfigureAwait(false);
            _warmed.Add(size);
        }
    }

    private void Switch(
        ProfileAssignment assignment,
        IReadOnlyList<Profile> profiles,
        long revision
    )
    {
        DateTime now = _time.GetUtcNow().UtcDateTime;
        Profile[] before = Selection.Current.Profiles;
        lock (_reportLock)
        {
            for (int camera = 0; camera < before.Length; camera++)
            {
                if (before[camera] != profiles[camera])
                {
                    _switched[camera] = now;
                    _changed[camera] = _time.GetTimestamp();
                    ProfileLog.Switched(
                        _logger,
                        _cameras[camera],
                        profiles[camera].Name,
                        profiles[camera].Size,
                        revision
                    );
                }
            }

            _assignment = assignment;
            Selection.Replace(profiles, revision);
        }
    }

    private void See(long? revision)
    {
        lock (_reportLock)
        {
            _seen = revision ?? _seen;
        }
    }

    private void Conclude(ReportedState state, ResultCode code, string? detail)
    {
        lock (_reportLock)
        {
            _outcome = (state, code, detail);
        }

        Report();
    }

    private ReportedCamera Describe(int index, Profile profile)
    {
        bool isMixed =
            _changed[index] is { } changed && _time.GetElapsedTime(changed) < FiguresReachBack;
        CameraPerformance performance = isMixed ? default : _performance(index);
        bool isAuto = _assignment.Cameras[index] is null;
        return new ReportedCamera(
            profile.Name,
            profile.Size,
            performance.InferenceMsP50,
            performance.Fps,
            _switched[index]
        )
        {
            Requested = isAuto ? ReservedProfile.Auto : null,
            Reason = isAuto ? _autoReason : null,
        };
    }
}

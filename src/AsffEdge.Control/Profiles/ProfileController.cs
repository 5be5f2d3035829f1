using AsffEdge.Control.Settings;
using AsffEdge.Messaging;
using Microsoft.Extensions.Logging;

namespace AsffEdge.Control.Profiles;

/// <summary>
/// Puts desired documents in force: everything is checked before anything is touched, new sizes are warmed off the readers' path, the
/// selection is replaced between two frames. One document at a time; not thread-safe but for <see cref="Report"/>.
/// </summary>
public sealed class ProfileController
{
    /// <summary>The source of documents that are addressed to this agent alone.</summary>
    public const string AgentSource = "agent";

    private const string LocalSource = "local";

    // For so long after a switch the recent figures may still hold frames of the profile before.
    private static readonly TimeSpan FiguresReachBack = TimeSpan.FromSeconds(60);

    private readonly IReadOnlyList<string> _cameras;
    private readonly ProfileBook _book;
    private readonly DesiredStore _store;
    private readonly Func<int, Task> _warm;
    private readonly Func<int, CameraPerformance> _performance;
    private readonly Action<ReportedDocument> _publish;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly HashSet<int> _warmed;
    private readonly DateTime[] _switched;
    private readonly long?[] _changed;
    private readonly Lock _reportLock = new();
    private long? _seen;
    private (ReportedState State, ResultCode Code, string? Detail) _outcome = (
        ReportedState.Applied,
        ResultCode.Ok,
        null
    );

    /// <summary>Starts with the stored document where there is one that still fits, else with the local configuration.</summary>
    /// <param name="book">The profiles and the cameras.</param>
    /// <param name="store">The documents in force before the last restart.</param>
    /// <param name="warm">Runs one inference at a size, so that frames can follow at that size without delay; throws <see cref="DocumentRejectedException"/> where the device cannot.</param>
    /// <param name="performance">How fast a camera, by index, is inferred.</param>
    /// <param name="publish">Takes every new reported document; must not block.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The log.</param>
    public ProfileController(
        ProfileBook book,
        DesiredStore store,
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
        _warm = warm;
        _performance = performance;
        _publish = publish;
        _time = time;
        _logger = logger;
        Selection = Restore();
        _warmed = [.. Sizes(Selection.Current.Profiles)];
        _switched = new DateTime[_cameras.Count];
        _changed = new long?[_cameras.Count];
        Array.Fill(_switched, time.GetUtcNow().UtcDateTime);
    }

    /// <summary>What every camera runs. The sizes it starts with must be warmed before the first frame.</summary>
    public ProfileSelection Selection { get; }

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

            IReadOnlyList<Profile> profiles = _book.Resolve(document);
            Conclude(ReportedState.Pending, ResultCode.Ok, null);
            if (accepted is not null)
            {
                await accepted().ConfigureAwait(false);
            }

            await WarmAsync(profiles).ConfigureAwait(false);
            string? warning = _store.Put(AgentSource, document);
            Switch(profiles, document.Rev);
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

    private ProfileSelection Restore()
    {
        if (_store.Find(AgentSource) is { } document)
        {
            _seen = document.Rev;
            try
            {
                return new ProfileSelection(_book.Resolve(document), document.Rev);
            }
            catch (DocumentRejectedException rejection)
            {
                // The configuration or the model changed under it.
                ProfileLog.NotRestored(_logger, document.Rev, rejection.Message);
                _outcome = (ReportedState.Rejected, rejection.Code, rejection.Message);
            }
        }

        return new ProfileSelection(_book.Local, 0);
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

    private void Switch(IReadOnlyList<Profile> profiles, long revision)
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
        return new ReportedCamera(
            profile.Name,
            profile.Size,
            performance.InferenceMsP50,
            performance.Fps,
            _switched[index]
        );
    }
}

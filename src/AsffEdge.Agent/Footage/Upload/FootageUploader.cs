using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Health;
using AsffEdge.Agent.Publishing;
using AsffEdge.Control.Broker;
using AsffEdge.Messaging;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AsffEdge.Agent.Footage.Upload;

/// <summary>Sends footage whenever there is some and the hour allows it. Whatever the server does, it goes on: it says what is wrong, and tries again later.</summary>
internal sealed class FootageUploader : BackgroundService
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LastRetry = TimeSpan.FromHours(1);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMinutes(1);

    // A device may be without a network for that long.
    private static readonly TimeSpan ToldAfter = TimeSpan.FromHours(1);

    private readonly FootageUploadOptions _options;
    private readonly PackUpload _upload;
    private readonly Degradations _degradations;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Action _forgotten;
    private readonly ReconnectBackoff _backoff = new(Random.Shared, FirstRetry, LastRetry);
    private readonly DailyWindow? _hours;
    private UploadStatus _status = new(UploadState.Idle, 0, 0, 0, 0, null, null);
    private long _failingSince;

    /// <param name="configuration">Where to.</param>
    /// <param name="degradations">Where it is said that none can be sent.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The log.</param>
    /// <param name="forgotten">Called when pictures that were sent have been removed.</param>
    /// <param name="open">Opens the place to send it to; null: that of the configuration.</param>
    public FootageUploader(
        AgentConfiguration configuration,
        Degradations degradations,
        TimeProvider time,
        ILogger<FootageUploader> logger,
        Action forgotten,
        Func<IPackTarget>? open = null
    )
    {
        _options = configuration.Footage.Upload;
        _degradations = degradations;
        _time = time;
        _logger = logger;
        _forgotten = forgotten;
        _hours = DailyWindow.TryParse(_options.Hours ?? "", out DailyWindow hours) ? hours : null;
        _upload = new PackUpload(
            FootageStore.RootOf(configuration.StateDirectory),
            configuration.Agent.Id,
            AgentInfo.Version,
            (long)_options.PackMb << 20,
            open ?? (() => UploadTargets.Open(_options)),
            time
        );
    }

    /// <summary>How it goes.</summary>
    public UploadStatus Status => Volatile.Read(ref _status);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        try
        {
            while (true)
            {
                TimeSpan wait = IsHour()
                    ? await StepAsync(stoppingToken).ConfigureAwait(false)
                    : LookEvery;
                await Task.Delay(wait, _time, stoppingToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested) { }
    }

    private bool IsHour() =>
        _hours?.Contains(TimeOnly.FromDateTime(_time.GetLocalNow().DateTime)) ?? true;

    /// <returns>How long to wait for the next.</returns>
    private async Task<TimeSpan> StepAsync(CancellationToken ct)
    {
        try
        {
            SentPack? sent = await _upload
                .SendAsync(_ => Set(Status with { State = UploadState.Sending }), ct)
                .ConfigureAwait(false);
            Succeed(sent);
            return sent is null ? TimeSpan.FromSeconds(_options.EveryS) : TimeSpan.Zero;
        }
        catch (UploadException error)
        {
            return Fail(error.Message, error.IsRefusal, error.RetryAfter);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return Fail(error.Message, isRefusal: false, LookEvery);
        }
        // Detection goes on without, whatever it is.
        catch (Exception error) when (!ct.IsCancellationRequested)
        {
            Log.Unexpected(_logger, error);
            return Fail(error.Message, isRefusal: false, retryAfter: null);
        }
    }

    private void Succeed(SentPack? sent)
    {
        UploadStatus before = Status;
        _backoff.Reset();
        _degradations.Clear(HealthCode.FootageNotSent);
        UploadStatus now = before with { State = UploadState.Idle, Problem = null };
        if (sent is not null)
        {
            now = now with
            {
                Packs = before.Packs + 1,
                Pictures = before.Pictures + sent.Pictures,
                Bytes = before.Bytes + sent.Bytes,
                LastSuccess = _time.GetUtcNow().UtcDateTime,
            };
            _forgotten();
            Log.Sent(_logger, sent.Name, sent.Pictures, sent.Bytes / (double)(1 << 20));
        }

        Set(now);
    }

    private TimeSpan Fail(string problem, bool isRefusal, TimeSpan? retryAfter)
    {
        UploadStatus before = Status;
        TimeSpan wait = _backoff.Next();
        if (retryAfter > wait)
        {
            wait = retryAfter.Value < LastRetry ? retryAfter.Value : LastRetry;
        }

        if (before.Problem is null)
        {
            _failingSince = _time.GetTimestamp();
        }

        if (before.Problem != problem)
        {
            Log.Failed(_logger, problem, wait.TotalSeconds);
        }

        if (isRefusal || _time.GetElapsedTime(_failingSince) >= ToldAfter)
        {
            _degradations.Raise(
                HealthCode.FootageNotSent,
                $"footage stays on the device: {problem}"
            );
        }

        Set(
            before with
            {
                State = UploadState.Failing,
                Failures = before.Failures + 1,
                Problem = problem,
            }
        );
        return wait;
    }

    private void Set(UploadStatus status) => Volatile.Write(ref _status, status);
}

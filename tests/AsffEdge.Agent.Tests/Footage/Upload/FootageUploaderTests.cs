using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Footage;
using AsffEdge.Agent.Footage.Upload;
using AsffEdge.Agent.Health;
using AsffEdge.Messaging;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace AsffEdge.Agent.Tests.Footage.Upload;

/// <summary>When it is tried, how often, and what is said of it. The test owns the clock and the answers.</summary>
public sealed class FootageUploaderTests : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly StoreFixture _store;
    private readonly FakeTimeProvider _time = new(new(2026, 3, 1, 9, 0, 0, TimeSpan.Zero));
    private readonly Degradations _degradations = new();
    private readonly LogLines _log = new();
    private readonly LoggerFactory _loggers;
    private readonly Answers _answers = new();
    private FootageUploader? _uploader;
    private int _forgotten;

    public FootageUploaderTests()
    {
        _store = new StoreFixture(root: FootageStore.RootOf(_folder.Path));
        _loggers = new LoggerFactory([_log]);
    }

    public async ValueTask DisposeAsync()
    {
        if (_uploader is not null)
        {
            await _uploader.StopAsync(default);
            _uploader.Dispose();
        }

        _loggers.Dispose();
        _log.Dispose();
        _store.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task What_cannot_be_sent_is_tried_ever_more_rarely_told_once_and_in_health_after_an_hour()
    {
        _store.Add();
        _answers.Error = new UploadException("no route", isRefusal: false);
        await StartAsync(new FootageUploadOptions());
        await UntilAsync(status => status.Failures == 1);
        Assert.Empty(_degradations.Standing);

        int tries = await TryForAsync(TimeSpan.FromMinutes(30));
        Assert.InRange(tries, 4, 12);
        Assert.Empty(_degradations.Standing);
        await TryForAsync(TimeSpan.FromHours(3));
        tries = await TryForAsync(TimeSpan.FromHours(12));

        Assert.InRange(tries, 7, 24);
        Assert.Equal(
            (HealthCode.FootageNotSent, "footage stays on the device: no route"),
            _degradations.Standing.Select(found => (found.Code, found.Detail)).Single()
        );
        Assert.Single(_log.Lines, line => line.Contains("no route", StringComparison.Ordinal));
        _answers.Error = null;
        await TryForAsync(TimeSpan.FromHours(2));
        await UntilAsync(status => status.Packs == 1);
        Assert.Equal((UploadState.Idle, null), (_uploader!.Status.State, _uploader.Status.Problem));
        Assert.Empty(_degradations.Standing);
        Assert.Empty(_store.Names);
    }

    [Fact]
    public async Task A_refusal_is_in_health_at_once_and_a_server_that_says_when_is_left_alone_until_then()
    {
        _store.Add();
        _answers.Error = new UploadException("the server answered 507", isRefusal: true)
        {
            RetryAfter = TimeSpan.FromMinutes(40),
        };
        await StartAsync(new FootageUploadOptions());
        await UntilAsync(status => status.Failures == 1);

        Assert.Equal(HealthCode.FootageNotSent, _degradations.Standing.Single().Code);
        Assert.Equal(0, await TryForAsync(TimeSpan.FromMinutes(39)));
        Assert.Equal(1, await TryForAsync(TimeSpan.FromMinutes(2)));
    }

    [Fact]
    public async Task When_all_is_sent_the_next_look_is_after_every_s()
    {
        _store.Add();
        await StartAsync(new FootageUploadOptions { EveryS = 600 });
        await UntilAsync(status => status.Packs == 1);
        _store.Add(captured: _time.GetUtcNow().UtcDateTime.AddSeconds(5));

        await TryForAsync(TimeSpan.FromMinutes(9));
        Assert.Single(_store.Names);
        await TryForAsync(TimeSpan.FromMinutes(2));

        await UntilAsync(status => status.Packs == 2);
        Assert.Empty(_store.Names);
        Assert.Equal(2, _forgotten);
    }

    [Fact]
    public async Task Outside_its_hours_nothing_is_begun()
    {
        _store.Add();
        _time.SetLocalTimeZone(TimeZoneInfo.Utc);
        await StartAsync(new FootageUploadOptions { Hours = "22:00-06:00" });

        await TryForAsync(TimeSpan.FromHours(12.9));
        Assert.Single(_store.Names);
        Assert.Equal(0, _answers.Asked);
        await TryForAsync(TimeSpan.FromMinutes(10));

        await UntilAsync(status => status.Packs == 1);
    }

    private Task StartAsync(FootageUploadOptions options)
    {
        AgentConfiguration configuration = new()
        {
            Agent = new AgentOptions { Id = "gate-07" },
            StateDirectory = _folder.Path,
            Model = new ModelOptions { Path = "none.onnx" },
            Profile = "fast",
            Cameras = [],
            Footage = new FootageOptions { Enabled = true, Upload = options },
        };
        _uploader = new FootageUploader(
            configuration,
            _degradations,
            _time,
            _loggers.CreateLogger<FootageUploader>(),
            () => Interlocked.Increment(ref _forgotten),
            () => _answers
        );
        return _uploader.StartAsync(default);
    }

    private Task UntilAsync(Func<UploadStatus, bool> condition) =>
        WriterFixture.UntilAsync(() => condition(_uploader!.Status), $"{_uploader!.Status}");

    /// <summary>Lets time pass, a little at a time, and everything happen that is due.</summary>
    private async Task<int> TryForAsync(TimeSpan time)
    {
        int before = _answers.Asked;
        TimeSpan step = TimeSpan.FromSeconds(Math.Max(10, time.TotalSeconds / 400));
        for (TimeSpan passed = TimeSpan.Zero; passed < time; passed += step)
        {
            _time.Advance(step);
            await Task.Delay(2, TestContext.Current.CancellationToken);
        }

        await Task.Delay(50, TestContext.Current.CancellationToken);
        return _answers.Asked - before;
    }

    private sealed class Answers : IPackTarget
    {
        private bool _has;
        private int _asked;

        public UploadException? Error { get; set; }

        public int Asked => Volatile.Read(ref _asked);

        public long BytesSent => 0;

        public Task<bool> HasAsync(PackPlan plan, CancellationToken ct)
        {
            if (!_has)
            {
                Interlocked.Increment(ref _asked);
            }

            return Error is null ? Task.FromResult(_has) : Task.FromException<bool>(Error);
        }

        public Task PutAsync(PackPlan plan, Stream pack, CancellationToken ct)
        {
            _has = true;
            return Task.CompletedTask;
        }

        public void Dispose() => _has = false;
    }
}

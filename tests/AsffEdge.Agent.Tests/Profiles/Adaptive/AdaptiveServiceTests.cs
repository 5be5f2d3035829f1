using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Health;
using AsffEdge.Agent.Pipeline;
using AsffEdge.Agent.Profiles.Adaptive;
using AsffEdge.Control.Profiles;
using AsffEdge.Messaging;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace AsffEdge.Agent.Tests.Profiles.Adaptive;

/// <summary>The service between the control law and a real controller; second by second, with frames that always take 5 ms.</summary>
public sealed class AdaptiveServiceTests : IDevice, IDisposable
{
    private static readonly Dictionary<string, Profile> Profiles = new[]
    {
        new Profile("fast", 320, 0.3f, 0.6f, null),
        new Profile("balanced", 416, 0.3f, 0.6f, null),
        new Profile("accurate", 608, 0.3f, 0.6f, null),
    }.ToDictionary(profile => profile.Name);

    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new();
    private readonly LogLines _log = new();
    private readonly LoggerFactory _logging = new();
    private readonly List<ReportedDocument> _reported = [];
    private readonly HashSet<int> _refused = [];
    private readonly long[] _decoded = new long[2];
    private readonly FrameResult _frame = new(1)
    {
        Model = TestModel.Named,
        Profile = Profiles["fast"],
    };
    private readonly LoadMeter _meter;
    private readonly AutoProfile _auto;
    private readonly ProfileController _controller;
    private readonly AdaptiveService _service;

    public AdaptiveServiceTests()
    {
        _logging.AddProvider(_log);
        _meter = new LoadMeter(2, _time);
        _auto = new AutoProfile(
            new AutoOptions { DwellS = 4 },
            new SystemMeter(_folder.Path),
            _time
        );
        _controller = new ProfileController(
            new ProfileBook(
                Profiles,
                [("dock-1", null), ("dock-2", Profiles["fast"])],
                new ModelLimits(_ => true, "any", 0.3f, 0.6f)
            ),
            [],
            new DesiredStore(_folder.Path, NullLogger<DesiredStore>.Instance),
            _auto,
            this,
            _reported.Add,
            _time,
            NullLogger<ProfileController>.Instance
        );
        _service = new AdaptiveService(
            _auto,
            new LoadSampler(
                ["dock-1", "dock-2"],
                camera => _decoded[camera],
                _meter,
                _auto.Window,
                _time
            ),
            _controller,
            _time,
            _logging.CreateLogger<AdaptiveService>()
        );
    }

    private Profile Running => _controller.Selection.Current.Profiles[0];

    public void Dispose()
    {
        _service.Dispose();
        _controller.Dispose();
        _logging.Dispose();
        _log.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task What_is_decided_is_put_in_force_logged_and_reported()
    {
        await _service.StepAsync();
        Assert.Equal("fast", Running.Name);
        Assert.StartsWith(
            "starts at the smallest",
            _reported[^1].Cameras["dock-1"].Reason,
            StringComparison.Ordinal
        );

        await RunUntilAsync("balanced");

        ReportedCamera camera = _reported[^1].Cameras["dock-1"];
        Assert.Equal(("auto", "balanced"), (camera.Requested, camera.Profile));
        Assert.Equal(
            "at 416 the device is expected to be busy for 13 % of its time",
            camera.Reason
        );
        Assert.Contains(
            _log.Lines,
            line =>
                line.StartsWith(
                    "Information: auto stands for balanced at 416: at 416",
                    StringComparison.Ordinal
                )
        );
        Assert.Equal("fast", _controller.Selection.Current.Profiles[1].Name);
        int reports = _reported.Count;
        await SecondAsync();
        Assert.Equal(reports, _reported.Count);
    }

    [Fact]
    public async Task A_size_that_the_device_cannot_run_is_passed_over_from_then_on()
    {
        _refused.Add(416);

        await RunUntilAsync("accurate");

        Assert.Single(
            _log.Lines,
            line =>
                line.StartsWith("Warning: auto will not choose 416 again", StringComparison.Ordinal)
        );
        Assert.DoesNotContain(
            _reported,
            reported => reported.Cameras["dock-1"].Profile == "balanced"
        );
    }

    [Fact]
    public async Task Profiles_that_a_document_changes_are_followed_and_measured()
    {
        await RunUntilAsync("accurate");
        await ApplyAsync(1, "auto", ("balanced", 448), ("accurate", 640));
        Assert.Equal(("balanced", 448), (Running.Name, Running.Size));

        await SecondAsync();
        Assert.Equal(AdaptiveCode.Profiles, _auto.State!.Decision.Code);
        await RunUntilAsync("accurate");
        Assert.Equal(640, Running.Size);
    }

    [Fact]
    public async Task A_named_profile_ends_it_and_auto_starts_anew()
    {
        await RunUntilAsync("accurate");
        await ApplyAsync(1, "accurate");
        await SecondAsync();
        Assert.Null(_auto.State);
        Assert.Null(_reported[^1].Cameras["dock-1"].Requested);

        await ApplyAsync(2, "auto");
        await SecondAsync();
        Assert.Equal("fast", Running.Name);
        await RunUntilAsync("balanced");
    }

    [Fact]
    public async Task Another_profile_than_it_decided_does_not_stay_in_force()
    {
        await RunUntilAsync("balanced");
        _controller.Selection.Replace([Profiles["accurate"], Profiles["fast"]], 0);

        await SecondAsync();

        Assert.Equal("balanced", Running.Name);
    }

    Task IDevice.WarmAsync(int size) =>
        _refused.Contains(size)
            ? throw new DocumentRejectedException(ResultCode.OutOfMemory, "no memory is left")
            : Task.CompletedTask;

    CameraPerformance IDevice.Performance(int camera) => default;

    CameraCounts IDevice.Counts(int camera) => default;

    double? IDevice.MemoryMb() => null;

    private async Task ApplyAsync(
        long rev,
        string profile,
        params (string Name, int Size)[] changed
    ) =>
        await _controller.Submit(
            new SourcedDocument(
                "agent",
                new DesiredDocument
                {
                    Rev = rev,
                    Profile = profile,
                    Profiles = changed.ToDictionary(
                        entry => entry.Name,
                        entry => new DesiredProfile(entry.Size, null, null, null)
                    ),
                }
            ),
            mayBeRepeated: false
        );

    private async Task RunUntilAsync(string profile)
    {
        for (int second = 0; second < 60 && Running.Name != profile; second++)
        {
            await SecondAsync();
        }

        Assert.Equal(profile, Running.Name);
    }

    private async Task SecondAsync()
    {
        for (int frame = 0; frame < 20; frame++)
        {
            _frame.CameraIndex = frame % 2;
            _frame.Profile = _controller.Selection.Current.Profiles[frame % 2];
            _frame.TotalMs = 8;
            _frame.TakenUp = _time.GetTimestamp();
            _decoded[frame % 2]++;
            _time.Advance(TimeSpan.FromMilliseconds(5));
            _meter.OnFrame(_frame);
        }

        _time.Advance(TimeSpan.FromMilliseconds(900));
        await _service.StepAsync();
    }
}

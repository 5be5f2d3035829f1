using AsffEdge.Agent.Cameras;
using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Tests.Brokers;
using AsffEdge.Messaging;

namespace AsffEdge.Agent.Tests.Cameras;

public sealed class CameraRestartHandlerTests : IDisposable
{
    private const string Dock2 = """{"v":1,"camera":"dock-2"}""";

    private readonly CommandFixture _desk = new();
    private readonly OnlineWatch _watch = new();
    private readonly List<string> _restarted = [];
    private readonly CameraRestartHandler _handler;
    private CameraStatus _status = Status(CameraState.Connecting);

    public CameraRestartHandlerTests() =>
        _handler = new CameraRestartHandler(
            [
                new CameraOptions { Id = "dock-1", Source = "a.avi" },
                new CameraOptions { Id = "dock-2", Source = "b.avi" },
            ],
            _watch,
            _restarted.Add,
            camera => camera == 1 ? _status : throw new ArgumentOutOfRangeException(nameof(camera)),
            _desk.Time
        );

    public void Dispose() => _desk.Dispose();

    [Fact]
    public async Task It_is_done_when_that_camera_is_online_again()
    {
        await _desk.SendAsync(_handler, Dock2);
        Assert.Equal(ReplyState.Accepted, (await _desk.NextAsync()).State);
        Assert.Equal(["dock-2"], _restarted);
        _watch.OnStatus(1, "dock-2", Status(CameraState.Connecting));
        _watch.OnStatus(0, "dock-1", Status(CameraState.Online));
        _desk.Time.Advance(TimeSpan.FromMilliseconds(700));

        _watch.OnStatus(1, "dock-2", Status(CameraState.Online));

        Assert.Equal(
            new CommandReply(ReplyState.Done, ResultCode.Ok, "gate-07") { TookMs = 700 },
            await _desk.NextAsync()
        );
    }

    [Fact]
    public async Task A_camera_that_stays_away_fails_it_with_how_the_camera_is()
    {
        await _desk.SendAsync(_handler, Dock2);
        await _desk.NextAsync();
        _status = new CameraStatus(
            CameraState.Error,
            CameraReason.NotFound,
            "/b.avi: no such file",
            DateTime.UnixEpoch
        );
        _watch.OnStatus(1, "dock-2", _status);

        _desk.Time.Advance(TimeSpan.FromSeconds(20));

        Assert.Equal(
            (
                ResultCode.Failed,
                "camera 'dock-2' gave no frame in 20 s after its restart; its state is error (not_found): /b.avi: no such file"
            ),
            await _desk.FailureAsync()
        );
    }

    [Fact]
    public async Task While_it_is_being_restarted_it_is_not_restarted_again()
    {
        await _desk.SendAsync(_handler, Dock2);
        await _desk.SendAsync(_handler, Dock2);
        await _desk.NextAsync();
        await _desk.NextAsync();

        _watch.OnStatus(1, "dock-2", Status(CameraState.Online));

        Assert.Equal(ReplyState.Done, (await _desk.NextAsync()).State);
        Assert.Equal(ReplyState.Done, (await _desk.NextAsync()).State);
        Assert.Equal(["dock-2"], _restarted);

        await _desk.SendAsync(_handler, Dock2);
        Assert.Equal(["dock-2", "dock-2"], _restarted);
    }

    [Fact]
    public async Task A_camera_there_is_not_is_refused_with_those_there_are()
    {
        await _desk.SendAsync(_handler, """{"v":1,"camera":"gate"}""");

        Assert.Equal(
            (
                ResultCode.BadDocument,
                "'camera' is 'gate', which is no camera of this agent; allowed: dock-1, dock-2"
            ),
            await _desk.FailureAsync()
        );
        Assert.Empty(_restarted);
    }

    private static CameraStatus Status(CameraState state) =>
        new(state, null, null, DateTime.UnixEpoch);
}

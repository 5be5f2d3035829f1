using AsffEdge.Agent.Cameras;
using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Footage;
using AsffEdge.Agent.Tests.Brokers;
using AsffEdge.Messaging;
using OpenCvSharp;

namespace AsffEdge.Agent.Tests.Footage;

public sealed class FootageCollectHandlerTests : IAsyncDisposable
{
    private const string Three = """{"v":1,"camera":"gate","frames":3,"gap_s":2}""";

    private readonly CommandFixture _desk = new();
    private readonly WriterFixture _fixture = new(
        new FootageOptions
        {
            Policies = new(),
            Budget = new() { MinFreeMb = 0 },
        }
    );

    public async ValueTask DisposeAsync()
    {
        await _fixture.DisposeAsync();
        _desk.Dispose();
    }

    [Fact]
    public async Task So_many_frames_are_kept_so_far_apart_and_then_it_is_done()
    {
        await _fixture.StartAsync();
        await _desk.SendAsync(NewHandler(), Three);
        Assert.Equal(ReplyState.Accepted, (await _desk.NextAsync()).State);
        await WriterFixture.UntilAsync(() => IsAsked, "the frames are asked for");
        using Mat picture = WriterFixture.Picture(1);

        await _fixture.ShowAsync(picture);
        _fixture.Show(picture); // a second later is too soon
        await _fixture.ShowAsync(picture);
        _fixture.Show(picture);
        await _fixture.ShowAsync(picture);

        Assert.Equal(ReplyState.Done, (await _desk.NextAsync()).State);
        Assert.Equal(
            ["090001.000.jpg", "090003.000.jpg", "090005.000.jpg"],
            _fixture.Frames.Select(frame => frame.Entry.File)
        );
        await WriterFixture.UntilAsync(() => !IsAsked, "nothing is asked for any more");
    }

    [Fact]
    public async Task When_no_frame_comes_it_fails_with_the_state_of_the_camera()
    {
        await _fixture.StartAsync();
        await _desk.SendAsync(NewHandler(), Three);
        await _desk.NextAsync();
        await WriterFixture.UntilAsync(() => IsAsked, "the frames are asked for");

        _fixture.Time.Advance(TimeSpan.FromSeconds(23));

        Assert.Equal(
            (
                ResultCode.Failed,
                "0 of 3 frames are kept; no further one came in 22 s; its state is offline (refused)"
            ),
            await _desk.FailureAsync()
        );
    }

    [Fact]
    public async Task Only_one_wish_for_a_camera_at_a_time()
    {
        await _fixture.StartAsync();
        FootageCollectHandler handler = NewHandler();
        await _desk.SendAsync(handler, Three);
        await _desk.NextAsync();
        await WriterFixture.UntilAsync(() => IsAsked, "the frames are asked for");

        await _desk.SendAsync(handler, """{"v":1,"camera":"gate","frames":7}""");

        Assert.Contains(
            "collecting 3 frames for somebody else",
            (await _desk.FailureAsync()).Detail,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_device_that_keeps_no_footage_says_so()
    {
        await _desk.SendAsync(
            new FootageCollectHandler(
                _fixture.Configuration,
                null,
                null,
                _ => throw new InvalidOperationException(),
                _fixture.Time
            ),
            Three
        );

        Assert.Equal(
            (ResultCode.Failed, "this device keeps no footage (footage.enabled)"),
            await _desk.FailureAsync()
        );
    }

    private bool IsAsked => _fixture.Sink.Cameras[0].Request is not null;

    private FootageCollectHandler NewHandler() =>
        new(
            _fixture.Configuration,
            _fixture.Sink,
            _fixture.Writer,
            _ => new CameraStatus(CameraState.Offline, "refused", null, DateTime.UnixEpoch),
            _fixture.Time
        );
}

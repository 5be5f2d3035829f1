using System.Text;
using System.Text.Json;
using AsffEdge.Agent.Cameras;
using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Outbox;
using AsffEdge.Agent.Pipeline;
using AsffEdge.Agent.Publishing;
using AsffEdge.Agent.Tests.Outbox;
using AsffEdge.Agent.Tracking;
using AsffEdge.Control.Broker;
using AsffEdge.Control.Profiles;
using AsffEdge.Detection;
using AsffEdge.Messaging;
using Microsoft.Extensions.Logging.Abstractions;

namespace AsffEdge.Agent.Tests.Publishing;

public sealed class TrackPublisherTests : IDisposable
{
    private const string Count = "asff-edge/v1/agents/gate-07/cameras/dock-1/counts/person";

    private static readonly string[] Labels = ["person", "traffic light"];

    private static readonly AgentConfiguration Configuration = new()
    {
        Agent = new AgentOptions { Id = "gate-07" },
        StateDirectory = "/none",
        Model = new ModelOptions { Path = "model.onnx" },
        Profile = "fast",
        Cameras =
        [
            new CameraOptions
            {
                Id = "dock-1",
                Source = "a.avi",
                Zones = new Dictionary<string, ZoneOptions>
                {
                    ["left"] = new(["0 0", "0.5 0", "0.5 1", "0 1"], []),
                    ["all"] = new(["0 0", "1 0", "1 1", "0 1"], []),
                },
            },
        ],
    };

    private readonly OutboxFixture _fixture = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task Tracks_that_a_killed_process_left_open_are_ended_before_anything_else_is_told()
    {
        Agent killed = new(_fixture, "aaaaaa");
        await killed.Publisher.StartAsync(Ct);
        killed.Show(10);
        await killed.WaitForAsync(3);
        await WaitUntilAsync(() => killed.Board[Count] == "1");
        List<TrackMessage> before = Told();
        Assert.Equal(["start", "zone_enter", "zone_enter"], before.Select(told => told.Event));

        // Nothing is stopped: what is on disk is all there is.
        _fixture.Outbox.Acknowledge(_fixture.Outbox.Peek(3)[2].Id);
        _fixture.Outbox.Tidy();
        _fixture.Reopen();
        Agent next = new(_fixture, "bbbbbb");
        await next.Publisher.StartAsync(Ct);
        Assert.Equal("0", next.Board[Count]);
        next.Show(10);
        await next.WaitForAsync(6);

        List<TrackMessage> after = Told();
        Assert.Equal(
            ["zone_leave", "zone_leave", "end", "start", "zone_enter", "zone_enter"],
            after.Select(told => told.Event)
        );
        Assert.Equal([1, 2, 3, 4, 5, 6], after.Select(told => told.EventSeq));
        Assert.All(
            after[..3],
            told =>
            {
                Assert.Equal("restart", told.Reason);
                Assert.Equal("aaaaaa-1", told.Track.Id);
                Assert.Equal("bbbbbb", told.Boot);
                Assert.Null(told.Stream);
                Assert.Null(told.Seq);
                Assert.Equal(before[^1].Ts, told.Ts);
            }
        );
        Assert.Equal(["left", "all"], after[..2].Select(told => told.Zone));
        Assert.Equal(["all"], after[0].Track.Zones);
        Assert.Null(after[1].Track.Zones);
        Assert.Equal("bbbbbb-1", after[3].Track.Id);
        Assert.Null(after[3].Reason);
        await next.Publisher.StopAsync(Ct);
        Assert.Empty(_fixture.Outbox.OpenTracks());
    }

    [Fact]
    public async Task A_stop_ends_every_track_and_takes_the_counts_back()
    {
        Agent agent = new(_fixture, "aaaaaa");
        await agent.Publisher.StartAsync(Ct);
        agent.Show(10);
        await WaitUntilAsync(() => agent.Board[Count] == "1");

        await agent.Publisher.StopAsync(Ct);
        agent.Show(10);

        List<TrackMessage> told = Told();
        Assert.Equal(
            ["start", "zone_enter", "zone_enter", "zone_leave", "zone_leave", "end"],
            told.Select(message => message.Event)
        );
        Assert.Equal("stop", told[^1].Reason);
        Assert.Equal("0", agent.Board[Count]);
        Assert.DoesNotContain(agent.Board.Topics, topic => topic.Contains("traffic"));
    }

    [Fact]
    public async Task The_tracks_of_a_camera_that_is_slow_wait_and_those_of_one_that_is_away_end()
    {
        Agent agent = new(_fixture, "aaaaaa");
        await agent.Publisher.StartAsync(Ct);
        agent.Report(CameraState.Online);
        agent.Show(10);
        await agent.WaitForAsync(3);

        // Online all the time: one frame in a minute.
        _fixture.Time.Advance(TimeSpan.FromMinutes(1));
        await Task.Delay(50, Ct);
        Assert.Equal(3, Told().Count);
        agent.Report(CameraState.Offline);
        await WaitUntilAsync(() =>
        {
            _fixture.Time.Advance(TimeSpan.FromSeconds(1));
            return Told().Count == 6;
        });

        Assert.Equal(("end", "camera"), (Told()[^1].Event, Told()[^1].Reason));
        await WaitUntilAsync(() => agent.Board[Count] == "0");
        await agent.Publisher.StopAsync(Ct);
        Assert.Equal(6, Told().Count);
    }

    private List<TrackMessage> Told() =>
        [
            .. _fixture
                .Outbox.Peek(int.MaxValue)
                .Select(message =>
                    JsonSerializer.Deserialize(
                        message.Entry.Payload,
                        MessageJson.Wire.TrackMessage
                    )!
                ),
        ];

    private static async Task WaitUntilAsync(Func<bool> condition)
    {
        for (int waited = 0; !condition(); waited++)
        {
            Assert.True(waited < 2000, "it did not come");
            await Task.Delay(10, Ct);
        }
    }

    private sealed class Agent
    {
        private readonly OutboxFixture _fixture;
        private readonly TrackingSink _tracking;
        private readonly FrameResult _frame = new(10)
        {
            Model = TestModel.Named,
            Profile = new Profile("fast", 320, 0.5f, 0.6f, null),
            CameraId = "dock-1",
            SourceWidth = 64,
            SourceHeight = 48,
            Stream = 1,
            Count = 1,
        };

        public Agent(OutboxFixture fixture, string boot)
        {
            _fixture = fixture;
            TrackEventQueue events = new();
            RetainedBoard board = new();
            Board = new Retained(board);
            _tracking = new TrackingSink(Configuration, Labels, 10, events, fixture.Time);
            Publisher = new TrackPublisher(
                Configuration,
                new Topics(Topics.DefaultRoot),
                new FrameMessageContext("gate-07", boot, Labels),
                _tracking,
                events,
                fixture.Outbox,
                board,
                fixture.Time,
                NullLogger<TrackPublisher>.Instance
            );
            _frame.Buffer[0] = new DetectedObject(new Box(0.1f, 0.2f, 0.2f, 0.5f), 0.9f, 1, 0, 0);
        }

        public TrackPublisher Publisher { get; }

        public Retained Board { get; }

        public void Report(CameraState state) =>
            _tracking.OnStatus(0, "dock-1", new CameraStatus(state, null, null, default));

        public void Show(int frames)
        {
            for (int frame = 0; frame < frames; frame++)
            {
                _fixture.Time.Advance(TimeSpan.FromSeconds(0.04));
                _frame.TimestampUtc = _fixture.Time.GetUtcNow().UtcDateTime;
                _frame.Sequence++;
                _tracking.OnFrame(_frame);
            }
        }

        public Task WaitForAsync(int messages) =>
            WaitUntilAsync(() => _fixture.Outbox.Peek(int.MaxValue).Count >= messages);
    }

    /// <summary>What a broker would have been told to retain.</summary>
    private sealed class Retained(RetainedBoard board)
    {
        private readonly List<(string Topic, string Payload)> _told = [];

        public IEnumerable<string> Topics => Take().Select(told => told.Topic);

        public string? this[string topic] =>
            Take().LastOrDefault(told => told.Topic == topic).Payload;

        private List<(string Topic, string Payload)> Take()
        {
            while (board.TryTake(out string? topic, out byte[]? payload))
            {
                _told.Add((topic, Encoding.UTF8.GetString(payload)));
            }

            return _told;
        }
    }
}

using System.Buffers;
using AsffEdge.Agent.Cameras;
using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Pipeline;
using AsffEdge.Agent.Snapshots;
using AsffEdge.Agent.Tests.Brokers;
using AsffEdge.Control.Broker;
using AsffEdge.Control.Profiles;
using AsffEdge.Detection;
using AsffEdge.Messaging;
using MQTTnet;
using MQTTnet.Protocol;
using OpenCvSharp;

namespace AsffEdge.Agent.Tests.Snapshots;

public sealed class SnapshotHandlerTests : IDisposable
{
    private const string OfDock1 = """{"v":1,"camera":"dock-1"}""";
    private const string WithBoxes = """{"v":1,"camera":"dock-1","boxes":true}""";

    private readonly CommandFixture _desk = new();
    private readonly FrameTap _frames;
    private readonly SnapshotHandler _handler;
    private readonly List<MqttApplicationMessage> _published = [];
    private readonly Mat _picture = new(480, 640, MatType.CV_8UC3, Scalar.All(128));
    private CameraStatus _status = new(CameraState.Online, null, null, DateTime.UnixEpoch);
    private double? _maxFps;
    private int _publishedOn;
    private PublishOutcome _outcome = PublishOutcome.Taken;

    public SnapshotHandlerTests()
    {
        _frames = new FrameTap(_desk.Time);
        _handler = NewHandler(new MqttOptions());
    }

    public void Dispose()
    {
        _picture.Dispose();
        _desk.Dispose();
    }

    [Fact]
    public async Task The_next_frame_is_published_as_a_picture_and_answered()
    {
        await _desk.SendAsync(_handler, OfDock1);
        Assert.Equal(ReplyState.Accepted, (await _desk.NextAsync()).State);
        Assert.Empty(_published);

        _desk.Time.Advance(TimeSpan.FromMilliseconds(40));
        Infer();

        Assert.Equal(
            new CommandReply(ReplyState.Done, ResultCode.Ok, "gate-07") { TookMs = 40 },
            await _desk.NextAsync()
        );
        MqttApplicationMessage message = Assert.Single(_published);
        Assert.Equal("asff-edge/v1/agents/gate-07/cameras/dock-1/snapshot", message.Topic);
        Assert.Equal("image/jpeg", message.ContentType);
        Assert.Equal(MqttQualityOfServiceLevel.AtLeastOnce, message.QualityOfServiceLevel);
        Assert.False(message.Retain);
        using Mat picture = Decode(message);
        Assert.Equal(new Size(640, 480), picture.Size());
        Assert.Equal(0, Colourfulness(picture));
    }

    [Fact]
    public async Task The_inference_thread_does_not_make_the_picture()
    {
        await _desk.SendAsync(_handler, WithBoxes);
        await _desk.NextAsync();
        Thread inference = new(Infer);
        inference.Start();
        inference.Join();

        Assert.Equal(ReplyState.Done, (await _desk.NextAsync()).State);
        Assert.NotEqual(inference.ManagedThreadId, _publishedOn);
    }

    [Fact]
    public async Task Boxes_are_drawn_if_asked_for()
    {
        await _desk.SendAsync(_handler, WithBoxes);
        await _desk.NextAsync();
        Infer();

        Assert.Equal(ReplyState.Done, (await _desk.NextAsync()).State);
        using Mat picture = Decode(Assert.Single(_published));
        using Mat box = new(picture, new Rect(150, 120, 20, 240)); // around the left edge at 160
        using Mat elsewhere = new(picture, new Rect(330, 0, 300, 480));
        Assert.True(Colourfulness(box) > 5, $"{Colourfulness(box)}");
        Assert.True(Colourfulness(elsewhere) < 1, $"{Colourfulness(elsewhere)}");
    }

    [Fact]
    public async Task A_camera_that_gives_no_frame_fails_it_with_how_the_camera_is()
    {
        _status = _status with
        {
            State = CameraState.Offline,
            Reason = CameraReason.Refused,
            Detail = "192.0.2.1:554: connection refused",
        };
        await _desk.SendAsync(_handler, OfDock1);
        await _desk.NextAsync();

        _desk.Time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(
            (
                ResultCode.Failed,
                "no frame of camera 'dock-1' was inferred in 10 s; its state is offline (refused): 192.0.2.1:554: connection refused"
            ),
            await _desk.FailureAsync()
        );
        Assert.Empty(_published);
    }

    [Fact]
    public async Task A_slow_profile_is_given_the_time_of_two_frames()
    {
        _maxFps = 0.05;
        await _desk.SendAsync(_handler, OfDock1);
        await _desk.NextAsync();

        _desk.Time.Advance(TimeSpan.FromSeconds(39));
        Infer();

        Assert.Equal(ReplyState.Done, (await _desk.NextAsync()).State);
    }

    [Theory]
    [InlineData(PublishOutcome.Refused, ResultCode.Failed, "did not take the picture")]
    [InlineData(PublishOutcome.NotSent, ResultCode.Failed, "did not take the picture")]
    [InlineData(PublishOutcome.TooLarge, ResultCode.TooLarge, "takes no message as large as")]
    public async Task A_picture_that_the_broker_does_not_take_fails_it(
        PublishOutcome outcome,
        ResultCode expected,
        string says
    )
    {
        _outcome = outcome;
        await _desk.SendAsync(_handler, OfDock1);
        await _desk.NextAsync();
        Infer();

        (ResultCode code, string detail) = await _desk.FailureAsync();

        Assert.Equal(expected, code);
        Assert.Contains(says, detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_asks_while_a_picture_is_being_taken_shares_it()
    {
        await _desk.SendAsync(_handler, OfDock1);
        await _desk.SendAsync(_handler, OfDock1, group: "gates");
        await _desk.SendAsync(_handler, WithBoxes);
        for (int accepted = 0; accepted < 3; accepted++)
        {
            Assert.Equal(ReplyState.Accepted, (await _desk.NextAsync()).State);
        }

        Infer();

        for (int done = 0; done < 3; done++)
        {
            Assert.Equal(ReplyState.Done, (await _desk.NextAsync()).State);
        }

        Assert.Equal(2, _published.Count);
    }

    [Fact]
    public async Task With_the_older_protocol_there_is_no_content_type()
    {
        await _desk.SendAsync(NewHandler(new MqttOptions { Protocol = "3.1.1" }), OfDock1);
        await _desk.NextAsync();
        Infer();
        await _desk.NextAsync();

        Assert.Null(Assert.Single(_published).ContentType);
    }

    private SnapshotHandler NewHandler(MqttOptions mqtt) =>
        new(
            new AgentConfiguration
            {
                Agent = new AgentOptions { Id = "gate-07" },
                StateDirectory = "/none",
                Model = new ModelOptions { Path = "model.onnx" },
                Profile = "balanced",
                Cameras =
                [
                    new CameraOptions { Id = "dock-1", Source = "a.avi" },
                    new CameraOptions
                    {
                        Id = "dock-2",
                        Source = "b.avi",
                        Enabled = false,
                    },
                ],
                Mqtt = mqtt,
            },
            new Topics(Topics.DefaultRoot),
            ["person"],
            _frames,
            _ => _status,
            _ => _maxFps,
            (message, _) =>
            {
                lock (_published)
                {
                    _published.Add(message);
                    _publishedOn = Environment.CurrentManagedThreadId;
                }

                return ValueTask.FromResult(_outcome);
            }
        );

    private void Infer()
    {
        FrameResult result = new(1)
        {
            Model = TestModel.Named,
            Profile = new Profile("fast", 320, 0.5f, 0.6f, null),
            Image = _picture,
            Count = 1,
        };
        result.Buffer[0] = new DetectedObject(new Box(0.25f, 0.25f, 0.5f, 0.75f), 0.9f, 0.9f, 0, 0);
        _frames.OnFrame(result);
    }

    private static Mat Decode(MqttApplicationMessage message) =>
        Cv2.ImDecode(message.Payload.ToArray(), ImreadModes.Color);

    /// <summary>The largest difference between two channels of the mean colour.</summary>
    private static double Colourfulness(Mat picture)
    {
        Scalar mean = Cv2.Mean(picture);
        return Math.Max(mean.Val0, Math.Max(mean.Val1, mean.Val2))
            - Math.Min(mean.Val0, Math.Min(mean.Val1, mean.Val2));
    }
}

using System.Diagnostics;
using System.Text.Json;
using AsffEdge.Agent.Configuration;
using AsffEdge.Messaging;
using AsffEdge.Tests.Brokers;
using MQTTnet;
using MQTTnet.Protocol;

namespace AsffEdge.Agent.Tests.Brokers;

/// <summary>A whole agent at MQTTnet's broker.</summary>
public sealed class AgentOverMqttnetTests : AgentOverBrokerTests
{
    protected override TestBroker NewBroker(bool wantsCredentials) =>
        new InProcessBroker { WantsCredentials = wantsCredentials };

    protected override IReadOnlyList<string> TakenOver =>
        ["another client has taken over the id 'gate-07'", "next attempt in 60 s"];
}

/// <summary>A whole agent at Mosquitto.</summary>
[Trait("Category", "System")]
public sealed class AgentOverMosquittoTests : AgentOverBrokerTests
{
    protected override TestBroker NewBroker(bool wantsCredentials) =>
        new Mosquitto { WantsCredentials = wantsCredentials };

    // Version 2.0.11 does not tell the first agent why; all versions make it lose its connection.
    protected override IReadOnlyList<string> TakenOver => ["id 'gate-07'"];
}

/// <summary>What an agent does at a broker, whichever it is.</summary>
public abstract class AgentOverBrokerTests
{
    private const string Agent = $"asff-edge/v1/agents/{RunningAgent.Id}";
    private const string Detections = $"{Agent}/cameras/dock-1/detections";
    private const string SetProfile = $"{Agent}/commands/profile.set";

    protected abstract TestBroker NewBroker(bool wantsCredentials);

    /// <summary>What is logged when a second agent with the same id comes.</summary>
    protected abstract IReadOnlyList<string> TakenOver { get; }

    [Fact]
    public async Task An_agent_shows_itself_its_cameras_and_what_they_see()
    {
        await using TestBroker broker = await StartBrokerAsync();
        using Observer observer = await Observer.ConnectAsync(broker.Port);
        await using RunningAgent agent = StartAgent(broker);

        StatusMessage status = await StatusAsync(observer, AgentState.Online);
        InfoMessage info = await observer.WaitForAsync(
            $"{Agent}/info",
            MessageJson.Wire.InfoMessage,
            _ => true
        );
        FrameMessage frame = await FrameAsync(observer, frame => frame.Detections.Count > 0);
        await CameraAsync(observer, "dock-1", "online");
        CameraStatusMessage missing = await CameraAsync(observer, "dock-2", "error");
        HealthMessage health = await observer.WaitForAsync(
            $"{Agent}/health",
            MessageJson.Wire.HealthMessage,
            health => health.Cameras["dock-1"].Fps > 0
        );

        Assert.Equal([status.Boot, status.Boot], [info.Boot, frame.Boot]);
        Assert.Equal("colour-cells", Assert.Single(info.Models).Name);
        Assert.Equal(["dock-1", "dock-2"], info.Cameras.Select(camera => camera.Id));
        Assert.NotNull(missing.Reason);
        Assert.Equal(new FrameSize(320, 320), frame.Frame);
        Assert.Equal(("fast", 320, null), (frame.Net.Profile, frame.Net.Size, frame.Net.Rev));
        Assert.Contains(
            frame.Detections,
            found =>
                found.Class == "red or green"
                && Math.Abs(found.Box[0] + found.Box[2] / 2 - 0.25) < 0.05
                && Math.Abs(found.Box[1] + found.Box[3] / 2 - 0.35) < 0.05
        );
        Assert.True(health.Published > 0);
        Assert.True(health.MemoryMb > 10);
        Assert.All(
            Frames(observer).Zip(Frames(observer).Skip(1)),
            pair => Assert.Equal(pair.First.Seq + 1, pair.Second.Seq)
        );
        MqttApplicationMessage message = observer.Seen.First(message =>
            message.Topic == Detections
        );
        Assert.Equal("application/json", message.ContentType);
        Assert.Equal("schema=asff-edge.frame/1", Property(message));
        Assert.InRange(message.MessageExpiryInterval, 1u, 30u);
        Assert.Equal(MqttQualityOfServiceLevel.AtMostOnce, message.QualityOfServiceLevel);
    }

    [Fact]
    public async Task A_desired_document_is_applied_and_a_bad_one_reported_within_two_seconds()
    {
        await using TestBroker broker = await StartBrokerAsync();
        using Observer observer = await Observer.ConnectAsync(broker.Port);
        await observer.PublishAsync(
            $"{Agent}/desired",
            """{"v":1,"rev":41,"profile":"accurate","policy":{"settle_s":0}}""",
            retain: true
        );
        await using RunningAgent agent = StartAgent(broker);

        // It was there before the agent was.
        await ReportedAsync(
            observer,
            reported => reported is { RevApplied: 41, State: ReportedState.Applied }
        );
        FrameMessage frame = await FrameAsync(observer, frame => frame.Net.Rev == 41);
        Assert.Equal(("accurate", 608), (frame.Net.Profile, frame.Net.Size));

        Stopwatch answering = Stopwatch.StartNew();
        await observer.PublishAsync(
            $"{Agent}/desired",
            """{"v":1,"rev":42,"profile":"fast","profiles":{"fast":{"size":321}}}""",
            retain: true
        );
        ReportedDocument rejected = await ReportedAsync(
            observer,
            reported => reported.RevSeen == 42
        );

        Assert.InRange(answering.Elapsed.TotalSeconds, 0, 2);
        Assert.Equal((ReportedState.Rejected, ResultCode.BadSize), (rejected.State, rejected.Code));
        Assert.Equal(41, rejected.RevApplied);
        Assert.Equal("accurate", rejected.Cameras["dock-1"].Profile);
    }

    [Fact]
    public async Task A_profile_is_set_by_a_command_that_is_answered()
    {
        await using TestBroker broker = await StartBrokerAsync();
        using Observer observer = await Observer.ConnectAsync(broker.Port);
        await using RunningAgent agent = StartAgent(broker);
        await FrameAsync(observer, _ => true);

        await observer.PublishAsync(
            SetProfile,
            """{"v":1,"rev":7,"profile":"accurate","cameras":{"dock-2":{"profile":"max"}}}""",
            responseTopic: $"{Agent}/replies/ops",
            correlation: "abc"
        );
        CommandReply done = await ReplyAsync(
            observer,
            "ops",
            reply => reply.State == ReplyState.Done
        );

        Assert.Equal((true, ResultCode.Ok, 7), (done.Ok, done.Code, done.Rev));
        Assert.InRange(done.TookMs!.Value, 0, 10_000);
        await FrameAsync(observer, frame => frame.Net is { Rev: 7, Size: 608 });
        ReportedDocument reported = await ReportedAsync(
            observer,
            reported => reported.RevApplied == 7
        );
        Assert.Equal("max", reported.Cameras["dock-2"].Profile);
        List<MqttApplicationMessage> replies = Replies(observer);
        Assert.Equal(["accepted", "done"], replies.Select(StateOf));
        Assert.All(replies, reply => Assert.Equal("abc"u8.ToArray(), reply.CorrelationData));

        await observer.PublishAsync(
            SetProfile,
            """{"v":1,"rev":7,"profile":"accurate","cameras":{"dock-2":{"profile":"max"}}}""",
            responseTopic: $"{Agent}/replies/again",
            correlation: "abc"
        );
        Assert.Equal(done, await ReplyAsync(observer, "again", _ => true));
    }

    [Fact]
    public async Task On_auto_it_says_what_that_stands_for_and_why_until_a_profile_is_named_again()
    {
        await using TestBroker broker = await StartBrokerAsync();
        using Observer observer = await Observer.ConnectAsync(broker.Port);
        await using RunningAgent agent = new(
            At(broker.Port),
            new AutoOptions
            {
                TargetFps = 2,
                MaxLatencyMs = 60_000,
                DwellS = 3,
            }
        );
        agent.Start();
        await FrameAsync(observer, _ => true);

        await observer.PublishAsync(
            $"{Agent}/desired",
            """{"v":1,"rev":5,"profile":"accurate","cameras":{"dock-1":{"profile":"auto"}}}""",
            retain: true
        );
        ReportedDocument started = await ReportedAsync(
            observer,
            reported => reported.Cameras["dock-1"].Requested == "auto"
        );
        ReportedDocument climbed = await ReportedAsync(
            observer,
            reported =>
                reported.Cameras["dock-1"] is { Requested: "auto", Profile: "balanced", Size: 416 }
        );

        Assert.Equal("fast", started.Cameras["dock-1"].Profile);
        Assert.StartsWith("starts at the smallest", started.Cameras["dock-1"].Reason);
        Assert.Equal(5, climbed.RevApplied);
        Assert.StartsWith("at 416 the device is expected", climbed.Cameras["dock-1"].Reason);
        Assert.Equal(
            ("accurate", null, null),
            (
                climbed.Cameras["dock-2"].Profile,
                climbed.Cameras["dock-2"].Requested,
                climbed.Cameras["dock-2"].Reason
            )
        );
        await FrameAsync(observer, frame => frame.Net is { Rev: 5, Size: 416 });
        HealthMessage health = await observer.WaitForAsync(
            $"{Agent}/health",
            MessageJson.Wire.HealthMessage,
            health => health.Auto is { Code: AdaptiveCode.Room }
        );
        Assert.True(health.Auto!.Size >= 416 && health.Auto.Since <= health.Ts);

        // Whoever comes later sees it too.
        using (Observer late = await Observer.ConnectAsync(broker.Port))
        {
            ReportedCamera camera = (await ReportedAsync(late, _ => true)).Cameras["dock-1"];
            Assert.Equal("auto", camera.Requested);
            Assert.StartsWith("at ", camera.Reason);
        }

        await observer.PublishAsync(
            $"{Agent}/desired",
            """{"v":1,"rev":6,"profile":"accurate","policy":{"settle_s":0}}""",
            retain: true
        );
        ReportedDocument named = await ReportedAsync(
            observer,
            reported => reported is { RevApplied: 6, State: ReportedState.Applied }
        );
        Assert.Equal(
            ("accurate", null, null),
            (
                named.Cameras["dock-1"].Profile,
                named.Cameras["dock-1"].Requested,
                named.Cameras["dock-1"].Reason
            )
        );
        int seen = observer.Seen.Count;
        await observer.WaitForAsync(
            $"{Agent}/health",
            MessageJson.Wire.HealthMessage,
            health => health.Auto is null,
            seen
        );
    }

    [Fact]
    public async Task However_often_it_is_switched_every_frame_is_whole_and_none_is_lost()
    {
        await using TestBroker broker = await StartBrokerAsync();
        using Observer observer = await Observer.ConnectAsync(broker.Port);
        await using RunningAgent agent = StartAgent(broker);
        await FrameAsync(observer, _ => true);

        for (int rev = 1; rev <= 30; rev++)
        {
            string profile = rev % 2 == 0 ? "fast" : "accurate";
            await observer.PublishAsync(
                SetProfile,
                $$"""{"v":1,"rev":{{rev}},"profile":"{{profile}}"}"""
            );
            await ReplyAsync(
                observer,
                "default",
                reply => reply.Rev == rev && reply.State == ReplyState.Done
            );
        }

        // Answers and frames take ways of their own to the broker.
        await FrameAsync(observer, frame => frame.Net.Rev == 30);
        List<FrameMessage> frames = Frames(observer);
        Assert.All(
            frames,
            frame =>
                Assert.Equal(
                    (frame.Net.Rev ?? 0) % 2 == 0 ? ("fast", 320) : ("accurate", 608),
                    (frame.Net.Profile, frame.Net.Size)
                )
        );
        Assert.Equal(
            Enumerable.Range(0, frames.Count).Select(index => frames[0].Seq + index),
            frames.Select(frame => frame.Seq)
        );
    }

    [Fact]
    public async Task Hostile_messages_are_refused_and_harm_nothing()
    {
        await using TestBroker broker = await StartBrokerAsync();
        using Observer observer = await Observer.ConnectAsync(broker.Port);
        await using RunningAgent agent = StartAgent(broker);
        await FrameAsync(observer, _ => true);

        byte[] noise = new byte[60_000];
        new Random(1).NextBytes(noise);
        await observer.PublishAsync($"{Agent}/desired", noise);
        await observer.PublishAsync($"{Agent}/desired", new string('[', 10_000));
        await observer.PublishAsync($"{Agent}/desired", "{}".PadRight(70_000));
        await observer.PublishAsync($"{Agent}/desired", new byte[5_000_000]);
        await observer.PublishAsync($"{Agent}/commands/../../etc/passwd", "{}");
        await observer.PublishAsync(
            $"{Agent}/commands/reboot",
            "{}",
            responseTopic: $"{Agent}/replies/x"
        );
        await observer.PublishAsync(
            SetProfile,
            """{"v":1,"rev":9,"profile":"accurate","policy":{"settle_s":0}}""",
            responseTopic: "asff-edge/v1/agents/gate-08/commands/profile.set"
        );
        await observer.PublishAsync(
            SetProfile,
            """{"v":1,"rev":10,"profile":"max"}""",
            retain: true
        );

        Assert.Equal(ResultCode.UnknownCommand, (await ReplyAsync(observer, "x", _ => true)).Code);
        await ReplyAsync(observer, "default", reply => reply is { Rev: 9, State: ReplyState.Done });
        await ReplyAsync(
            observer,
            "default",
            reply => reply is { Rev: 10, Code: ResultCode.Expired }
        );
        await ReportedAsync(
            observer,
            reported => reported is { RevApplied: 9, State: ReportedState.Applied }
        );
        Assert.DoesNotContain(
            observer.Seen,
            message => message.Topic.Contains("gate-08", StringComparison.Ordinal)
        );
        Assert.Contains(
            agent.Log,
            line => line.Contains("not below this agent's replies", StringComparison.Ordinal)
        );
        await FrameAsync(observer, frame => frame.Net is { Rev: 9, Size: 608 });
    }

    [Fact]
    public async Task After_a_restart_of_the_broker_everything_is_there_again_within_five_seconds()
    {
        await using TestBroker broker = await StartBrokerAsync();
        await using RunningAgent agent = StartAgent(broker);
        using (Observer before = await Observer.ConnectAsync(broker.Port))
        {
            await FrameAsync(before, _ => true); // a command to an agent that is not there yet is lost
            await before.PublishAsync(SetProfile, """{"v":1,"rev":3,"profile":"accurate"}""");
            await ReportedAsync(before, reported => reported.RevApplied == 3);
        }

        await broker.StopAsync();
        await agent.WaitForLogAsync($"Broker 127.0.0.1:{broker.Port}: ");
        long inferred = agent.Host.Pipeline.InferredFrames;
        await Task.Delay(300, TestContext.Current.CancellationToken);
        Assert.True(
            agent.Host.Pipeline.InferredFrames > inferred,
            "detection does not go on without a broker"
        );

        Stopwatch returning = Stopwatch.StartNew();
        await broker.StartAsync();
        using Observer after = await Observer.ConnectAsync(broker.Port);
        await StatusAsync(after, AgentState.Online);
        Assert.InRange(returning.Elapsed.TotalSeconds, 0, 5);
        await after.WaitForAsync($"{Agent}/info", MessageJson.Wire.InfoMessage, _ => true);
        await CameraAsync(after, "dock-1", "online");
        await CameraAsync(after, "dock-2", "error");
        await ReportedAsync(after, reported => reported.RevApplied == 3);
        await FrameAsync(after, frame => frame.Net.Rev == 3);
        await after.PublishAsync(SetProfile, """{"v":1,"rev":4,"profile":"fast"}""");
        await ReplyAsync(after, "default", reply => reply is { Rev: 4, State: ReplyState.Done });
    }

    [Fact]
    public async Task Told_to_stop_it_says_so_and_leaves_cleanly_and_remembers_its_document()
    {
        await using TestBroker broker = await StartBrokerAsync();
        using Observer observer = await Observer.ConnectAsync(broker.Port);
        await using RunningAgent agent = StartAgent(broker);
        await FrameAsync(observer, _ => true);
        await observer.PublishAsync(SetProfile, """{"v":1,"rev":3,"profile":"accurate"}""");
        await ReportedAsync(observer, reported => reported.RevApplied == 3);

        Stopwatch stopping = Stopwatch.StartNew();
        int exitCode = await agent.StopAsync();

        Assert.Equal(0, exitCode);
        Assert.InRange(stopping.Elapsed.TotalSeconds, 0, 10);
        await StatusAsync(observer, AgentState.Offline);
        Assert.Equal(["online", "stopping", "offline"], States(observer).Distinct());
        int seen = observer.Seen.Count;
        agent.Start();
        FrameMessage frame = await observer.WaitForAsync(
            Detections,
            MessageJson.Wire.FrameMessage,
            _ => true,
            seen
        );
        Assert.Equal((3, "accurate"), (frame.Net.Rev, frame.Net.Profile));
    }

    [Fact]
    public async Task A_broker_that_refuses_is_named_with_the_reason_and_detection_goes_on()
    {
        await using TestBroker broker = await StartBrokerAsync(wantsCredentials: true);
        MqttOptions wrong = At(broker.Port) with
        {
            Username = TestBroker.User,
            Password = "battery staple",
        };
        await using RunningAgent agent = new(wrong);
        agent.Start();

        await agent.WaitForLogAsync($"Broker 127.0.0.1:{broker.Port}: it ");
        string line = agent.Log.First(line => line.Contains("Broker ", StringComparison.Ordinal));

        Assert.Contains("mqtt.username is 'joe'", line, StringComparison.Ordinal);
        Assert.Contains("mqtt.password_file", line, StringComparison.Ordinal);
        Assert.DoesNotContain(agent.Log, text => text.Contains("staple", StringComparison.Ordinal));
        long inferred = agent.Host.Pipeline.InferredFrames;
        for (int waited = 0; agent.Host.Pipeline.InferredFrames <= inferred; waited++)
        {
            Assert.True(waited < 500, "detection does not go on");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task With_the_right_password_from_a_file_it_is_let_in()
    {
        using TemporaryFolder folder = new();
        await using TestBroker broker = await StartBrokerAsync(wantsCredentials: true);
        using Observer observer = await Observer.ConnectAsync(broker.Port, withCredentials: true);
        await using RunningAgent agent = new(
            At(broker.Port) with
            {
                Username = TestBroker.User,
                PasswordFile = folder.Write("password", TestBroker.Password + "\n"),
            }
        );
        agent.Start();

        await StatusAsync(observer, AgentState.Online);
    }

    [Fact]
    public async Task A_half_open_broker_is_noticed_and_a_new_connection_made()
    {
        await using TestBroker broker = await StartBrokerAsync();
        await using HalfOpenProxy proxy = new(broker.Port);
        await using RunningAgent agent = new(At(proxy.Port));
        agent.Start();
        using Observer observer = await Observer.ConnectAsync(broker.Port);
        await FrameAsync(observer, _ => true);

        proxy.SwallowEverything();
        await agent.WaitForLogAsync("it acknowledges nothing any more");
        proxy.ForwardNewConnections();

        int seen = observer.Seen.Count;
        await observer.WaitForAsync(Detections, MessageJson.Wire.FrameMessage, _ => true, seen);
    }

    [Fact]
    public async Task With_mqtt_3_a_command_is_answered_as_its_json_asks()
    {
        await using TestBroker broker = await StartBrokerAsync();
        using Observer observer = await Observer.ConnectAsync(broker.Port);
        await using RunningAgent agent = new(At(broker.Port) with { Protocol = "3.1.1" });
        agent.Start();
        await FrameAsync(observer, _ => true);

        await observer.PublishAsync(
            SetProfile,
            $$"""{"v":1,"rev":7,"profile":"accurate","response_topic":"{{Agent}}/replies/old","correlation_id":"77"}"""
        );

        CommandReply done = await ReplyAsync(
            observer,
            "old",
            reply => reply.State == ReplyState.Done
        );
        Assert.Equal("77", done.CorrelationId);
    }

    [Fact]
    public async Task A_second_agent_with_the_same_id_is_named_as_the_cause()
    {
        await using TestBroker broker = await StartBrokerAsync();
        await using RunningAgent agent = StartAgent(broker);
        await agent.WaitForLogAsync("Connected to the broker");
        await using RunningAgent second = StartAgent(broker);

        // A busy broker may close the first connection without its reason. Then the first agent comes back and the second one is told.
        foreach (string line in TakenOver)
        {
            await agent.WaitForLogAsync(line, second);
        }
    }

    private static MqttOptions At(int port) =>
        new()
        {
            Host = "127.0.0.1",
            Port = port,
            HealthIntervalS = 1,
        };

    private static RunningAgent StartAgent(TestBroker broker)
    {
        RunningAgent agent = new(At(broker.Port));
        agent.Start();
        return agent;
    }

    private static Task<StatusMessage> StatusAsync(Observer observer, AgentState state) =>
        observer.WaitForAsync(
            $"{Agent}/status",
            MessageJson.Wire.StatusMessage,
            status => status.State == state
        );

    private static Task<CameraStatusMessage> CameraAsync(
        Observer observer,
        string camera,
        string state
    ) =>
        observer.WaitForAsync(
            $"{Agent}/cameras/{camera}/status",
            MessageJson.Wire.CameraStatusMessage,
            status => status.State == state
        );

    private static Task<FrameMessage> FrameAsync(
        Observer observer,
        Func<FrameMessage, bool> isWanted
    ) => observer.WaitForAsync(Detections, MessageJson.Wire.FrameMessage, isWanted);

    private static Task<ReportedDocument> ReportedAsync(
        Observer observer,
        Func<ReportedDocument, bool> isWanted
    ) => observer.WaitForAsync($"{Agent}/reported", MessageJson.Wire.ReportedDocument, isWanted);

    private static Task<CommandReply> ReplyAsync(
        Observer observer,
        string who,
        Func<CommandReply, bool> isWanted
    ) => observer.WaitForAsync($"{Agent}/replies/{who}", MessageJson.Wire.CommandReply, isWanted);

    private static List<MqttApplicationMessage> Replies(Observer observer) =>
        [.. observer.Seen.Where(message => message.Topic == $"{Agent}/replies/ops")];

    private static List<FrameMessage> Frames(Observer observer) =>
        [
            .. observer
                .Seen.Where(message => message.Topic == Detections)
                .Select(message =>
                    JsonSerializer.Deserialize(
                        Observer.Text(message),
                        MessageJson.Wire.FrameMessage
                    )!
                ),
        ];

    private static string StateOf(MqttApplicationMessage message) =>
        System
            .Text.Json.JsonDocument.Parse(Observer.Text(message))
            .RootElement.GetProperty("state")
            .GetString()!;

    private static IEnumerable<string> States(Observer observer) =>
        observer.Seen.Where(message => message.Topic == $"{Agent}/status").Select(StateOf);

    private static string Property(MqttApplicationMessage message)
    {
        var property = Assert.Single(message.UserProperties);
        return $"{property.Name}={System.Text.Encoding.UTF8.GetString(property.ValueBuffer.Span)}";
    }

    private async Task<TestBroker> StartBrokerAsync(bool wantsCredentials = false)
    {
        TestBroker broker = NewBroker(wantsCredentials);
        await broker.StartAsync();
        return broker;
    }
}

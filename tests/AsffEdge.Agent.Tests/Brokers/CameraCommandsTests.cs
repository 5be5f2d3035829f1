using System.Buffers;
using AsffEdge.Agent.Configuration;
using AsffEdge.Messaging;
using AsffEdge.Tests.Brokers;
using MQTTnet;
using OpenCvSharp;

namespace AsffEdge.Agent.Tests.Brokers;

/// <summary>The commands that concern one camera, given to a whole agent at Mosquitto.</summary>
[Trait("Category", "System")]
public sealed class CameraCommandsTests : IAsyncLifetime
{
    private const string Agent = $"asff-edge/v1/agents/{RunningAgent.Id}";
    private const string Snapshots = $"{Agent}/cameras/dock-1/snapshot";

    private readonly Mosquitto _broker = new();
    private RunningAgent _agent = null!;
    private Observer _observer = null!;

    public async ValueTask InitializeAsync()
    {
        await _broker.StartAsync();
        _observer = await Observer.ConnectAsync(_broker.Port);
        _agent = new RunningAgent(
            new MqttOptions
            {
                Host = "127.0.0.1",
                Port = _broker.Port,
                HealthIntervalS = 1,
            }
        );
        _agent.Configuration = _agent.Configuration with
        {
            Agent = _agent.Configuration.Agent with { Groups = ["gates"] },
        };
        _agent.Start();
        await FrameAsync(_ => true);
    }

    public async ValueTask DisposeAsync()
    {
        await _agent.DisposeAsync();
        _observer.Dispose();
        await _broker.DisposeAsync();
    }

    [Fact]
    public async Task A_snapshot_is_what_the_camera_shows_in_its_size()
    {
        CommandReply done = await AskAsync("snapshot", """{"v":1,"camera":"dock-1"}""");

        Assert.Equal((true, ReplyState.Done), (done.Ok, done.State));
        Assert.InRange(done.TookMs!.Value, 0, 10_000);
        MqttApplicationMessage message = Assert.Single(
            _observer.Seen,
            message => message.Topic == Snapshots
        );
        Assert.Equal("image/jpeg", message.ContentType);
        using Mat picture = Cv2.ImDecode(message.Payload.ToArray(), ImreadModes.Color);
        Assert.Equal(new Size(320, 320), picture.Size());

        // The red cell at (64, 96), 32 pixels wide, and black beside it.
        Vec3b red = picture.At<Vec3b>(112, 80);
        Vec3b black = picture.At<Vec3b>(200, 200);
        Assert.True(red.Item2 > 180 && red.Item0 < 60, $"{red.Item0} {red.Item1} {red.Item2}");
        Assert.True(black.Item2 < 60, $"{black.Item2}");
    }

    [Fact]
    public async Task A_group_is_asked_for_snapshots_as_one_agent_is()
    {
        await _observer.PublishAsync(
            "asff-edge/v1/groups/gates/commands/snapshot",
            """{"v":1,"camera":"dock-1","boxes":true}""",
            correlation: "77"
        );

        await ReplyAsync("default", reply => reply.State == ReplyState.Done);

        Assert.Contains(_observer.Seen, message => message.Topic == Snapshots);
    }

    [Fact]
    public async Task A_restarted_camera_delivers_over_a_new_stream()
    {
        int before = (await FrameAsync(_ => true)).Stream;

        CommandReply done = await AskAsync("camera.restart", """{"v":1,"camera":"dock-1"}""");

        Assert.Equal((true, ReplyState.Done), (done.Ok, done.State));
        FrameMessage frame = await FrameAsync(frame => frame.Stream > before);
        Assert.Equal(before + 1, frame.Stream);
    }

    [Fact]
    public async Task A_camera_there_is_not_is_answered_with_the_nearest_one()
    {
        foreach (string command in (string[])["snapshot", "camera.restart"])
        {
            CommandReply failed = await AskAsync(command, """{"v":1,"camera":"dokc-1"}""");

            Assert.Equal((ReplyState.Failed, ResultCode.BadDocument), (failed.State, failed.Code));
            Assert.Contains("did you mean 'dock-1'?", failed.Detail, StringComparison.Ordinal);
        }
    }

    /// <summary>Gives a command.</summary>
    /// <returns>Its last answer.</returns>
    private async Task<CommandReply> AskAsync(string command, string json)
    {
        string who = Guid.NewGuid().ToString();
        await _observer.PublishAsync(
            $"{Agent}/commands/{command}",
            json,
            responseTopic: $"{Agent}/replies/{who}"
        );
        return await ReplyAsync(who, reply => reply.State != ReplyState.Accepted);
    }

    private Task<CommandReply> ReplyAsync(string who, Func<CommandReply, bool> isWanted) =>
        _observer.WaitForAsync($"{Agent}/replies/{who}", MessageJson.Wire.CommandReply, isWanted);

    private Task<FrameMessage> FrameAsync(Func<FrameMessage, bool> isWanted) =>
        _observer.WaitForAsync(
            $"{Agent}/cameras/dock-1/detections",
            MessageJson.Wire.FrameMessage,
            isWanted
        );
}

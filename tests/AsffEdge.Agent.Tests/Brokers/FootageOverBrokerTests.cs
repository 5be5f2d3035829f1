using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Footage;
using AsffEdge.Messaging;
using AsffEdge.Tests.Brokers;

namespace AsffEdge.Agent.Tests.Brokers;

/// <summary>Footage of a whole agent, asked for and reported over Mosquitto.</summary>
[Trait("Category", "System")]
public sealed class FootageOverBrokerTests : IAsyncLifetime
{
    private const string Agent = $"asff-edge/v1/agents/{RunningAgent.Id}";

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
            Snapshots = new SnapshotOptions { Enabled = false },
            Footage = new FootageOptions
            {
                Enabled = true,
                Policies = new() { NewTrack = new() { Share = 1 } },
                Budget = new() { MinFreeMb = 0 },
            },
        };
        _agent.Start();
    }

    public async ValueTask DisposeAsync()
    {
        await _agent.DisposeAsync();
        _observer.Dispose();
        await _broker.DisposeAsync();
    }

    [Fact]
    public async Task Frames_are_kept_by_policy_and_by_command_told_in_health_and_packed_into_coco_at_the_end()
    {
        await HealthAsync(footage => footage.Kept.GetValueOrDefault("new_track") == 1);

        CommandReply done = await AskAsync(
            "footage.collect",
            """{"v":1,"camera":"dock-1","frames":3,"gap_s":0.1}"""
        );

        Assert.Equal((true, ReplyState.Done), (done.Ok, done.State));
        FootageHealth health = await HealthAsync(footage =>
            footage.Kept.GetValueOrDefault("command") == 3
        );
        Assert.Equal((4, null), (health.Pictures, health.Problem));
        CommandReply refused = await AskAsync("snapshot", """{"v":1,"camera":"dock-1"}""");
        Assert.Contains("snapshots.enabled", refused.Detail, StringComparison.Ordinal);
        CommandReply listed = await AskAsync("footage.list", """{"v":1}""");
        Assert.Equal((4, "dock-1"), (listed.Footage!.Pictures, listed.Footage.Days[0].Camera));
        CommandReply nothing = await AskAsync("footage.purge", """{"v":1,"camera":"yard"}""");
        Assert.Equal((0, ResultCode.Ok), (nothing.Footage!.Pictures, nothing.Code));
        string root = FootageStore.RootOf(_agent.Configuration.StateDirectory);
        Assert.Empty(Directory.GetFiles(root, "coco.json", SearchOption.AllDirectories));

        Assert.Equal(0, await _agent.StopAsync());

        FootageDay day = Assert.Single(FootageDay.All(root));
        Assert.True(File.Exists(day.Coco));
        StoredFrame[] frames = [.. day.Frames()];
        Assert.Equal(4, frames.Length);
        Assert.Contains(
            frames[0].Entry.Objects,
            found => found.Box is { Left: 64, Top: 96, Width: 32, Height: 32 }
        );
    }

    private Task<FootageHealth> HealthAsync(Func<FootageHealth, bool> isWanted) =>
        _observer
            .WaitForAsync(
                $"{Agent}/health",
                MessageJson.Wire.HealthMessage,
                health => health.Footage is { } footage && isWanted(footage)
            )
            .ContinueWith(
                health => health.Result.Footage!,
                TestContext.Current.CancellationToken,
                TaskContinuationOptions.None,
                TaskScheduler.Default
            );

    private async Task<CommandReply> AskAsync(string command, string json)
    {
        string who = Guid.NewGuid().ToString();
        await _observer.PublishAsync(
            $"{Agent}/commands/{command}",
            json,
            responseTopic: $"{Agent}/replies/{who}"
        );
        return await _observer.WaitForAsync(
            $"{Agent}/replies/{who}",
            MessageJson.Wire.CommandReply,
            reply => reply.State != ReplyState.Accepted
        );
    }
}

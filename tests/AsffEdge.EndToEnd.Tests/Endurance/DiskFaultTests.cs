using System.Text.Json.Nodes;
using AsffEdge.EndToEnd.Tests.Fixtures;

namespace AsffEdge.EndToEnd.Tests.Endurance;

/// <summary>A real agent on disks that are full, read-only, taken away or damaged: it goes on, loses no event, says what is wrong and recovers.</summary>
public sealed class DiskFaultTests : IDisposable
{
    private readonly SmallDisk _disk = new(megabytes: 6);

    private string State => Path.Combine(_disk.Path, "state");

    public void Dispose() => _disk.Dispose();

    [Fact]
    public async Task A_disk_that_the_outbox_fills_by_itself_while_the_broker_is_away()
    {
        Assert.SkipUnless(_disk.IsMounted, SmallDisk.Needs);
        await using Outpost post = new(State);
        post.Start("tracking.update_every_s=0.01", "mqtt.outbox.min_free_mb=3");
        await UntilLoggedAsync(post, "cannot be written");

        await post.Broker.StartAsync();
        await using MqttRecorder broker = await MqttRecorder.ConnectAsync(post.Broker.Port);
        await post.HealthAsync(broker, health => Outbox(health)["problem"] is not null);
        await post.GoesOnAsync(broker);
        // What the broker takes leaves room in the file, which is used again.
        await post.HealthAsync(broker, IsWell);

        Outpost.CheckEvents(broker);
        await post.StopAsync();
    }

    [Fact]
    public async Task A_disk_that_somebody_else_fills()
    {
        Assert.SkipUnless(_disk.IsMounted, SmallDisk.Needs);
        await using Outpost post = new(State);
        await post.Broker.StartAsync();
        await using MqttRecorder broker = await MqttRecorder.ConnectAsync(post.Broker.Port);
        post.Start("mqtt.outbox.min_free_mb=1");
        await post.HealthAsync(broker, IsWell);

        for (int round = 0; round < 3; round++)
        {
            // Pages that the log has already are written again, and hold for a while.
            _disk.Fill(leaveMb: 0);
            await post.HealthAsync(
                broker,
                health => health["disk_free_mb"]!.GetValue<double>() == 0
            );
            await post.GoesOnAsync(broker);
            _disk.Free();
            await post.HealthAsync(broker, IsWell);
            await post.GoesOnAsync(broker);
        }

        Assert.Contains(
            "less than mqtt.outbox.min_free_mb (1):",
            post.Agent.Log,
            StringComparison.Ordinal
        );
        Outpost.CheckEvents(broker);
        await post.StopAsync();
    }

    [Fact]
    public async Task A_state_directory_that_cannot_be_written_until_it_can()
    {
        Assert.SkipUnless(_disk.IsMounted, SmallDisk.Needs);
        _disk.Remount("ro");
        await using Outpost post = new(State);
        await post.Broker.StartAsync();
        await using MqttRecorder broker = await MqttRecorder.ConnectAsync(post.Broker.Port);
        post.Start();
        await post.HealthAsync(
            broker,
            health =>
                Outbox(health)["problem"]
                    ?.GetValue<string>()
                    .Contains("Read-only", StringComparison.OrdinalIgnoreCase) == true
        );
        await post.GoesOnAsync(broker);
        int since = broker.Count;
        await broker.PublishAsync(
            Site.AgentTopic("desired"),
            JsonNode.Parse("""{"v":1,"rev":3,"profile":"fast","policy":{"settle_s":0}}""")!,
            retain: true
        );
        JsonNode reported = (
            await broker.WaitAsync(
                Site.AgentTopic("reported"),
                message => message["rev_applied"]?.GetValue<long>() == 3,
                TimeSpan.FromSeconds(30),
                since
            )
        ).Json;
        Assert.Contains("could not be stored", reported["detail"]!.GetValue<string>());

        _disk.Remount("rw");
        await post.HealthAsync(broker, IsWell);
        Assert.True(File.Exists(Path.Combine(State, "outbox.db")));
        await post.GoesOnAsync(broker);
        Outpost.CheckEvents(broker);
        await post.StopAsync();
    }

    [Fact]
    public async Task A_state_directory_that_is_removed_while_it_runs_is_there_again_before_a_kill()
    {
        using TemporaryFolder place = new();
        string state = Path.Combine(place.Path, "state");
        await using Outpost post = new(state);
        await post.Broker.StartAsync();
        await using MqttRecorder broker = await MqttRecorder.ConnectAsync(post.Broker.Port);
        post.Start();
        await post.GoesOnAsync(broker);

        Directory.Delete(state, recursive: true);
        await UntilLoggedAsync(post, "was removed by somebody");
        await post.GoesOnAsync(broker);
        post.Agent.KillAlone();

        post.Start();
        await post.NextAsync(broker, "cameras/dock-1/events", _ => true);
        await post.GoesOnAsync(broker);
        await post.StopAsync();
        Outpost.CheckEvents(broker);
        JsonNode[] events =
        [
            .. broker
                .Messages(Site.CameraTopic("dock-1", "events"))
                .Select(message => message.Json),
        ];
        Assert.Equal(Tracks(events, "start"), Tracks(events, "end"));
    }

    [Fact]
    public async Task An_outbox_that_is_damaged_is_set_aside_and_told_and_the_agent_goes_on()
    {
        using TemporaryFolder state = new();
        byte[] noise = new byte[64 << 10];
        new Random(3).NextBytes(noise);
        "SQLite format 3\0"u8.CopyTo(noise);
        await File.WriteAllBytesAsync(
            Path.Combine(state.Path, "outbox.db"),
            noise,
            TestContext.Current.CancellationToken
        );
        await using Outpost post = new(state.Path);
        await post.Broker.StartAsync();
        await using MqttRecorder broker = await MqttRecorder.ConnectAsync(post.Broker.Port);

        post.Start();

        await post.HealthAsync(broker, IsWell);
        await post.GoesOnAsync(broker);
        await post.StopAsync();
        Assert.Contains("outbox.db.damaged", post.Agent.Log, StringComparison.Ordinal);
        Assert.Equal(
            noise,
            await File.ReadAllBytesAsync(
                Path.Combine(state.Path, "outbox.db.damaged"),
                TestContext.Current.CancellationToken
            )
        );
        Outpost.CheckEvents(broker);
    }

    private static JsonNode Outbox(JsonNode health) => health["outbox"]!;

    private static bool IsWell(JsonNode health) => Outbox(health)["problem"] is null;

    private static SortedSet<string> Tracks(JsonNode[] events, string kind) =>
        [
            .. events
                .Where(happened => happened["event"]!.GetValue<string>() == kind)
                .Select(happened => happened["track"]!["id"]!.GetValue<string>()),
        ];

    private static async Task UntilLoggedAsync(Outpost post, string words)
    {
        for (int waited = 0; !post.Agent.Log.Contains(words, StringComparison.Ordinal); waited++)
        {
            Assert.True(waited < 600 && !post.Agent.HasExited, post.Agent.Log);
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
    }
}

using System.Globalization;
using System.Runtime.Versioning;
using System.Text.Json;
using AsffEdge.Agent.Tests.Brokers;
using AsffEdge.Detection.Tests;
using AsffEdge.Messaging;
using AsffEdge.Tests.Brokers;
using MQTTnet;
using OpenCvSharp;

namespace AsffEdge.Agent.Tests.Hosting;

/// <summary>SIGKILL in the middle of whatever the agent is writing, again and again over one state folder.</summary>
[SupportedOSPlatform("linux")]
[Trait("Category", "System")]
public sealed class CrashTests
{
    private const string Variable = "ASFF_KILL_ROUNDS";
    private const string Events = $"asff-edge/v1/agents/{RunningAgent.Id}/cameras/dock-1/events";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task After_every_kill_no_event_is_missing_and_every_start_has_one_end()
    {
        int rounds = int.Parse(
            Environment.GetEnvironmentVariable(Variable) ?? "3",
            CultureInfo.InvariantCulture
        );
        Random random = new(17);
        using TemporaryFolder state = new();
        using TestVideo video = new();
        string clip = WriteBlinkingClip(video);
        await using Mosquitto broker = new();
        await broker.StartAsync();
        using Observer observer = await Observer.ConnectAsync(broker.Port);
        for (int round = 0; round < rounds; round++)
        {
            using AgentProcess agent = Start(broker, state, clip);
            int before = observer.Seen.Count(message => message.Topic == Events);
            await WaitAsync(agent, () => Seen(observer).Length > before + 1);
            await Task.Delay(random.Next(800), Ct);
            agent.Kill();
            await agent.WaitAsync();
        }

        using (AgentProcess last = Start(broker, state, clip))
        {
            int before = observer.Seen.Count(message => message.Topic == Events);
            await WaitAsync(last, () => Seen(observer).Length > before + 20);
            last.Terminate();
            Assert.Equal(0, await last.WaitAsync());
            Assert.DoesNotContain("cannot be used", last.Errors, StringComparison.Ordinal);
        }

        TrackMessage[] told = Seen(observer);
        Check(told, rounds);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{rounds} kills: {told.Length} events, "
                + $"{told.Length - told.DistinctBy(Key).Count()} of them repeated, "
                + $"{told.DistinctBy(Key).Count(happened => happened.Reason == "restart" && happened.Event == "end")} tracks ended after a kill"
        );
    }

    private static void Check(TrackMessage[] told, int rounds)
    {
        TrackMessage[] once = [.. told.DistinctBy(Key)];
        Assert.Equal(rounds + 1, once.Select(happened => happened.Boot).Distinct().Count());
        foreach (IGrouping<string, TrackMessage> boot in once.GroupBy(happened => happened.Boot))
        {
            Assert.Equal(
                Enumerable.Range(1, boot.Count()).Select(seq => (long)seq),
                boot.Select(happened => happened.EventSeq)
            );
        }

        foreach (
            IGrouping<string, TrackMessage> track in once.GroupBy(happened => happened.Track.Id)
        )
        {
            TrackMessage[] life = [.. track];
            Assert.Equal("start", life[0].Event);
            Assert.Equal("end", life[^1].Event);
            Assert.Single(life, happened => happened.Event == "start");
            Assert.Single(life, happened => happened.Event == "end");
            Assert.Equal(
                life.Count(happened => happened.Event == "zone_enter"),
                life.Count(happened => happened.Event == "zone_leave")
            );
        }

        Assert.Contains(once, happened => happened.Reason == "lost");
        Assert.Contains(once, happened => happened.Reason == "restart");
    }

    private static (string, long) Key(TrackMessage happened) => (happened.Boot, happened.EventSeq);

    private static AgentProcess Start(Mosquitto broker, TemporaryFolder state, string clip) =>
        new(
            broker.Port,
            [
                $"state_directory={state.Path}",
                $"cameras.0.source={clip}",
                "cameras.0.zones.all.corners=0 0, 1 0, 1 1, 0 1",
                "tracking.confirm_after=1",
                "tracking.max_lost_s=0.1",
                "tracking.update_every_s=0.03",
            ]
        );

    private static async Task WaitAsync(AgentProcess agent, Func<bool> condition)
    {
        for (int waited = 0; !condition(); waited++)
        {
            Assert.True(waited < 3000, agent.Errors);
            await Task.Delay(10, Ct);
        }
    }

    private static TrackMessage[] Seen(Observer observer) =>
        [
            .. observer
                .Seen.Where(message => message.Topic == Events)
                .Select(message =>
                    JsonSerializer.Deserialize(
                        Observer.Text(message),
                        MessageJson.Wire.TrackMessage
                    )!
                ),
        ];

    // An object that is there for 8 frames and away for 8, so that tracks begin and end all the time.
    private static string WriteBlinkingClip(TestVideo video)
    {
        string path = video.PathOf("blinking.avi");
        using Mat shown = ColourCells.Picture(320, 320, (new Rect(64, 96, 32, 32), Scalar.Red));
        using Mat empty = ColourCells.Picture(320, 320);
        using VideoWriter writer = new(path, FourCC.MJPG, 25, shown.Size());
        for (int frame = 0; frame < 160; frame++)
        {
            writer.Write(frame / 8 % 2 == 0 ? shown : empty);
        }

        return path;
    }
}

using System.Text.Json;
using AsffEdge.Agent.Configuration;
using AsffEdge.Messaging;
using AsffEdge.Tests.Brokers;
using MQTTnet;

namespace AsffEdge.Agent.Tests.Brokers;

/// <summary>Tracks, events, counts and the outbox of a whole agent, seen through a real broker.</summary>
[Trait("Category", "System")]
public sealed class EventsOverBrokerTests
{
    private const string Camera = $"asff-edge/v1/agents/{RunningAgent.Id}/cameras/dock-1";
    private const string Events = $"{Camera}/events";
    private const string Count = $"{Camera}/counts/red-or-green";

    [Fact]
    public async Task An_object_is_followed_counted_and_ended_with_the_agent()
    {
        await using Mosquitto broker = await StartBrokerAsync();
        using Observer observer = await Observer.ConnectAsync(broker.Port);
        await using RunningAgent agent = new(At(broker.Port));
        agent.Configuration = agent.Configuration with
        {
            Cameras =
            [
                agent.Configuration.Cameras[0] with
                {
                    Zones = new Dictionary<string, ZoneOptions>
                    {
                        ["all"] = new(["0 0", "1 0", "1 1", "0 1"], []),
                    },
                },
            ],
        };
        agent.Start();

        TrackMessage start = await EventAsync(observer, "start");
        TrackMessage enter = await EventAsync(observer, "zone_enter");
        FrameMessage frame = await observer.WaitForAsync(
            $"{Camera}/detections",
            MessageJson.Wire.FrameMessage,
            frame => frame.Detections.Any(found => found.Track is not null)
        );
        // One red square that several cells of the network see.
        int count = frame.Detections.Count(found => found.Track is not null);
        await CountAsync(observer, count);
        Assert.Equal(0, await agent.StopAsync());

        FrameDetection found = Assert.Single(
            frame.Detections,
            found => found.Track == start.Track.Id
        );
        Assert.Equal(["all"], found.Zones);
        Assert.StartsWith($"{start.Boot}-", start.Track.Id, StringComparison.Ordinal);
        Assert.Equal(("all", start.Track.Id), (enter.Zone, enter.Track.Id));
        Assert.Equal(found.Box, start.Track.Box);
        Assert.Equal("red or green", start.Track.Class);
        Assert.Equal(frame.Net, start.Net);
        Assert.Equal(frame.Frame, start.Frame);
        Assert.False(start.Late);
        await CountAsync(observer, 0, after: 1);
        List<TrackMessage> ends = [.. Seen(observer).Where(happened => happened.Event == "end")];
        Assert.Equal(count, ends.Count);
        Assert.Equal(count, ends.Select(end => end.Track.Id).Distinct().Count());
        Assert.All(ends, end => Assert.Equal("stop", end.Reason));
        Assert.Equal(
            count,
            Seen(observer).Count(happened => happened is { Event: "zone_leave", Reason: "stop" })
        );
        Assert.Equal(
            Enumerable.Range(1, Seen(observer).Count).Select(seq => (long)seq),
            Seen(observer).Select(seen => seen.EventSeq)
        );
        MqttApplicationMessage message = observer.Seen.First(message => message.Topic == Events);
        var property = Assert.Single(message.UserProperties);
        Assert.Equal(
            "schema=asff-edge.track/1",
            $"{property.Name}={System.Text.Encoding.UTF8.GetString(property.ValueBuffer.Span)}"
        );
    }

    [Fact]
    public async Task While_the_broker_is_away_nothing_is_lost_and_what_waited_comes_late_and_in_order()
    {
        await using Mosquitto broker = await StartBrokerAsync();
        await using HalfOpenProxy proxy = new(broker.Port);
        MqttOptions options = At(proxy.Port) with
        {
            Detections = new DetectionPublishingOptions { Qos = 1 },
            Outbox = new OutboxOptions { Detections = true, DrainPerS = 5000 },
        };
        await using RunningAgent agent = new(options);
        agent.Configuration = agent.Configuration with
        {
            Tracking = new TrackingOptions { UpdateEveryS = 0.03 },
        };
        List<TrackMessage> before;
        List<FrameMessage> framesBefore;
        using (Observer observer = await Observer.ConnectAsync(broker.Port))
        {
            agent.Start();
            await EventAsync(observer, "update");
            proxy.RefuseNewConnections();
            await broker.StopAsync();
            before = Seen(observer);
            framesBefore = Frames(observer);
        }

        await agent.WaitForLogAsync("next attempt");
        long frame = agent.Host.Pipeline.InferredFrames;
        while (agent.Host.Pipeline.InferredFrames < frame + 200)
        {
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        await broker.StartAsync();
        using Observer after = await Observer.ConnectAsync(broker.Port);
        proxy.ForwardNewConnections();
        await after.WaitForAsync(
            Events,
            MessageJson.Wire.TrackMessage,
            seen => seen.Event == "update" && !seen.Late
        );
        await after.WaitForAsync(
            $"asff-edge/v1/agents/{RunningAgent.Id}/health",
            MessageJson.Wire.HealthMessage,
            health => health.Outbox is { Depth: < 10, Dropped: 0, Problem: null }
        );
        await after.WaitForAsync(
            $"{Camera}/detections",
            MessageJson.Wire.FrameMessage,
            frame => frame.Late
        );

        List<TrackMessage> since = Seen(after);
        // Every event once at least, in the order in which they happened; what the first observer saw last may come again.
        Assert.InRange(since[0].EventSeq, 1, before[^1].EventSeq + 1);
        Assert.Equal(
            Enumerable.Range((int)since[0].EventSeq, since.Count).Select(seq => (long)seq),
            since.Select(seen => seen.EventSeq)
        );
        Assert.True(since.Count(seen => seen.Late) > 20);
        List<FrameMessage> frames = Frames(after);
        long[] late = [.. frames.Where(frame => frame.Late).Select(frame => frame.Seq)];
        Assert.Equal(late.Order(), late);
        long[] all = [.. framesBefore.Concat(frames).Select(frame => frame.Seq).Distinct().Order()];
        Assert.Equal(Enumerable.Range((int)all[0], all.Length).Select(seq => (long)seq), all);
    }

    private static MqttOptions At(int port) =>
        new()
        {
            Host = "127.0.0.1",
            Port = port,
            HealthIntervalS = 1,
        };

    private static async Task<Mosquitto> StartBrokerAsync()
    {
        Mosquitto broker = new();
        await broker.StartAsync();
        return broker;
    }

    private static Task<TrackMessage> EventAsync(Observer observer, string kind) =>
        observer.WaitForAsync(
            Events,
            MessageJson.Wire.TrackMessage,
            happened => happened.Event == kind
        );

    private static async Task CountAsync(Observer observer, int count, int after = 0)
    {
        for (int waited = 0; waited < 1500; waited++)
        {
            List<string> counts =
            [
                .. observer
                    .Seen.Where(message => message.Topic == Count)
                    .Select(Observer.Text)
                    .Skip(after),
            ];
            if (counts.Contains($"{count}"))
            {
                return;
            }

            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        Assert.Fail($"{Count} was never {count}");
    }

    // Without repetitions, which may be.
    private static List<TrackMessage> Seen(Observer observer) =>
        [
            .. observer
                .Seen.Where(message => message.Topic == Events)
                .Select(message =>
                    JsonSerializer.Deserialize(
                        Observer.Text(message),
                        MessageJson.Wire.TrackMessage
                    )!
                )
                .DistinctBy(happened => happened.EventSeq),
        ];

    private static List<FrameMessage> Frames(Observer observer) =>
        [
            .. observer
                .Seen.Where(message => message.Topic == $"{Camera}/detections")
                .Select(message =>
                    JsonSerializer.Deserialize(
                        Observer.Text(message),
                        MessageJson.Wire.FrameMessage
                    )!
                ),
        ];
}

using System.Globalization;
using AsffEdge.Agent.Configuration;
using AsffEdge.Agent.Pipeline;
using AsffEdge.Agent.Publishing;
using AsffEdge.Control.Broker;
using AsffEdge.Control.Profiles;
using AsffEdge.Detection;
using AsffEdge.Messaging;
using AsffEdge.Tests.Brokers;
using Microsoft.Extensions.Logging.Abstractions;

namespace AsffEdge.Agent.Tests.Publishing;

/// <summary>Alone in its collection, because it counts what the whole process allocates.</summary>
[CollectionDefinition(nameof(AllocationCounting), DisableParallelization = true)]
public sealed class AllocationCounting;

[Collection(nameof(AllocationCounting))]
public sealed class DetectionPublisherTests
{
    private static readonly Profile Profile = new("fast", 320, 0.5f, 0.6f, null);

    [Fact]
    public void While_the_broker_is_away_frames_cost_nothing_and_the_oldest_messages_are_dropped()
    {
        using MqttLink link = NewLink(port: 1);
        using DetectionPublisher publisher = NewPublisher(link);
        FrameResult frame = NewFrame();
        for (int warming = 0; warming < 100; warming++)
        {
            publisher.OnFrame(frame);
        }

        long before = ThreadAllocations.SoFar();
        for (int round = 0; round < 1000; round++)
        {
            publisher.OnFrame(frame);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(1100 - 64, publisher.Dropped);
        Assert.Equal(0, publisher.Published);
    }

    [Fact]
    [Trait("Category", "System")]
    public async Task A_published_frame_allocates_at_most_two_kilobytes()
    {
        CancellationToken ct = TestContext.Current.CancellationToken;
        await using Mosquitto broker = new();
        await broker.StartAsync();
        using MqttLink link = NewLink(broker.Port);
        using DetectionPublisher publisher = NewPublisher(link);
        await link.StartAsync(ct);
        await publisher.StartAsync(ct);
        await link.WaitConnectedAsync(ct);
        FrameResult frame = NewFrame();
        Publish(200);

        long before = GC.GetTotalAllocatedBytes(precise: true);
        Publish(1000);
        double perFrame = (GC.GetTotalAllocatedBytes(precise: true) - before) / 1000.0;

        TestContext.Current.TestOutputHelper?.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"{perFrame:F0} bytes a frame")
        );
        Assert.InRange(perFrame, 0, 2048);
        await publisher.StopAsync(ct);
        await link.StopAsync(ct);

        void Publish(int frames)
        {
            long published = publisher.Published;
            for (int sent = 1; sent <= frames; sent++)
            {
                publisher.OnFrame(frame);
                while (publisher.Published < published + sent)
                {
                    Thread.Sleep(0); // allocates nothing itself
                }
            }

            Assert.Equal(0, publisher.Dropped);
        }
    }

    private static FrameResult NewFrame()
    {
        FrameResult frame = new(300)
        {
            Model = TestModel.Named,
            Profile = Profile,
            CameraId = "dock-1",
            TimestampUtc = new DateTime(2026, 11, 23, 5, 0, 0, DateTimeKind.Utc),
            SourceWidth = 1920,
            SourceHeight = 1080,
            Count = 20,
        };
        frame.Buffer.Fill(new DetectedObject(new Box(0.1f, 0.2f, 0.3f, 0.4f), 0.9f, 0.9f, 0, 0));
        return frame;
    }

    private static MqttLink NewLink(int port) =>
        new(
            new LinkOptions(
                "gate-07",
                new BrokerOptions { Host = "127.0.0.1", Port = port },
                HealthIntervalS: 3600
            ),
            new Topics(Topics.DefaultRoot),
            BootId.New(TimeProvider.System),
            new RetainedBoard(),
            TimeProvider.System,
            NullLogger<MqttLink>.Instance,
            CancellationToken.None
        );

    private static DetectionPublisher NewPublisher(MqttLink link) =>
        new(
            new AgentConfiguration
            {
                Agent = new AgentOptions { Id = "gate-07" },
                StateDirectory = "/none",
                Model = new ModelOptions { Path = "model.onnx" },
                Profile = "balanced",
                Cameras = [new CameraOptions { Id = "dock-1", Source = "a.avi" }],
            },
            new Topics(Topics.DefaultRoot),
            new FrameMessageContext("gate-07", "9b1f6c", ["person"]),
            link
        );
}

using System.Text.Json.Nodes;
using AsffEdge.EndToEnd.Tests.Fixtures;

namespace AsffEdge.EndToEnd.Tests;

/// <summary>What goes away comes back, without anybody doing anything on the device.</summary>
public sealed class RecoveryTests(Videos videos)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_camera_that_went_away_is_offline_and_then_online_again_while_the_other_goes_on()
    {
        await using Site site = await Site.StartAsync(
            ("plaza", videos.Clip),
            ("dock", videos.Mirrored)
        );
        string status = Site.CameraTopic("plaza", "status");
        int stream = Stream(site.Subscriber.Messages(Site.Detections("plaza"))[^1].Json);
        int since = site.Subscriber.Count;

        site.Camera("plaza").Stop();
        Received offline = await site.WaitAsync(
            status,
            message => message["state"]!.GetValue<string>() == "offline",
            TimeSpan.FromSeconds(15),
            since
        );
        Assert.NotEmpty(offline.Json["reason"]!.GetValue<string>());
        await site.WaitAsync(
            Site.Detections("dock"),
            10,
            _ => true,
            Patience,
            site.Subscriber.Count
        );

        since = site.Subscriber.Count;
        site.Camera("plaza").Restart();
        await site.WaitAsync(
            status,
            message => message["state"]!.GetValue<string>() == "online",
            Patience,
            since
        );
        Received resumed = await site.WaitAsync(
            Site.Detections("plaza"),
            message => Stream(message) > stream,
            Patience,
            since
        );
        Assert.NotNull(resumed.Json["detections"]);
    }

    [Fact]
    public async Task The_agent_returns_to_a_broker_that_was_restarted()
    {
        await using Site site = await Site.StartAsync(("plaza", videos.Clip));
        string boot = site.Subscriber.Messages(Site.Detections("plaza"))[^1].Json[
            "boot"
        ]!.GetValue<string>();

        await site.Broker.StopAsync();
        await site.Broker.StartAsync();
        await using MqttRecorder subscriber = await MqttRecorder.ConnectAsync(site.Broker.Port);

        // The broker forgot what it retained, so that all of it must be published again.
        foreach (string leaf in new[] { "status", "info", "reported", "cameras/plaza/status" })
        {
            await subscriber.WaitAsync(Site.AgentTopic(leaf), _ => true, Patience);
        }
        Assert.Equal(
            "online",
            subscriber.Messages(Site.AgentTopic("status"))[^1].Json["state"]!.GetValue<string>()
        );
        Received frame = await subscriber.WaitAsync(Site.Detections("plaza"), _ => true, Patience);
        Assert.Equal(boot, frame.Json["boot"]!.GetValue<string>());
    }

    [Fact]
    public async Task Cameras_that_cannot_be_read_say_why_and_do_not_stop_the_one_that_can()
    {
        await using Site site = await Site.StartAsync(
            [("plaza", videos.Clip)],
            [
                ("refuses", "rtsp://127.0.0.1:1/cam"),
                ("no-such-file", "/nowhere/clip.avi"),
                ("no-video", Path.Combine(Repository.Root, "LICENSE")),
            ]
        );

        foreach (
            (string camera, string state) in new[]
            {
                ("refuses", "offline"),
                ("no-such-file", "error"),
                ("no-video", "error"),
            }
        )
        {
            Received status = await site.WaitAsync(
                Site.CameraTopic(camera, "status"),
                message => message["state"]!.GetValue<string>() == state,
                Patience
            );
            Assert.NotEmpty(status.Json["reason"]!.GetValue<string>());
        }
        await site.WaitAsync(
            Site.Detections("plaza"),
            10,
            _ => true,
            Patience,
            site.Subscriber.Count
        );
    }

    private static int Stream(JsonNode message) => message["stream"]!.GetValue<int>();
}

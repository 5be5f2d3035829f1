using System.Globalization;
using System.Text.Json.Nodes;
using AsffEdge.EndToEnd.Tests.Fixtures;
using AsffEdge.Tests.HomeAssistant;
using OpenCvSharp;

namespace AsffEdge.EndToEnd.Tests;

/// <summary>An agent as Home Assistant sees it: everything goes by what the agent announces, templates rendered by Jinja.</summary>
public sealed class HomeAssistantTests(Videos videos)
{
    private const string Announcement = $"homeassistant/device/{Site.AgentId}/config";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Every_entity_of_the_announcement_works()
    {
        await using Site site = await StartAsync(("plaza", videos.Clip));
        JsonNode components = await KeptAsync(site);

        Assert.Equal(
            ["ON", "ON"],
            [
                await StateAsync(site, components["connection"]!),
                await StateAsync(site, components["camera_plaza_connection"]!),
            ]
        );
        Assert.InRange(await NumberAsync(site, components["camera_plaza_fps"]!), 0.1, 60);
        Assert.InRange(await NumberAsync(site, components["camera_plaza_latency"]!), 1, 60_000);
        Assert.InRange(await NumberAsync(site, components["outbox"]!), 0, 100_000);
        string people = await LastAsync(
            site,
            Text(components["camera_plaza_count_person"]!, "state_topic")
        );
        Assert.InRange(int.Parse(people, CultureInfo.InvariantCulture), 0, 100);

        int since = site.Subscriber.Count;
        await PressAsync(site, components["camera_plaza_take_snapshot"]!);
        Received snapshot = await site.WaitAsync(
            Text(components["camera_plaza_snapshot"]!, "image_topic"),
            _ => true,
            Patience,
            since
        );
        using Mat picture = Cv2.ImDecode(snapshot.Payload, ImreadModes.Color);
        Assert.Equal(new Size(768, 576), picture.Size());
        Cv2.MeanStdDev(picture, out _, out Scalar deviation);
        Assert.True(deviation.Val1 > 10, $"a picture of one colour: {deviation.Val1}");

        await PressAsync(site, components["camera_plaza_restart"]!);
        await site.WaitAsync(
            Site.Detections("plaza"),
            message => message["stream"]!.GetValue<int>() == 2,
            Patience,
            since
        );
    }

    [Fact]
    public async Task The_announcement_comes_again_when_home_assistant_starts()
    {
        await using Site site = await StartAsync(("plaza", videos.Clip));
        JsonNode before = await KeptAsync(site);
        int since = site.Subscriber.Count;

        await site.Subscriber.PublishAsync("homeassistant/status", "online");

        Received again = await site.WaitAsync(Announcement, _ => true, Patience, since);
        Assert.False(again.Retained);
        Assert.Equal(before.ToJsonString(), again.Json["components"]!.ToJsonString());
    }

    [Fact]
    public async Task The_select_switches_the_profile_and_its_state_follows()
    {
        await using Site site = await StartAsync(("plaza", videos.Clip));
        JsonNode select = (await KeptAsync(site))["profile"]!;
        Assert.Equal("balanced", await StateAsync(site, select));

        // The second choice may well fall into the same second as the first.
        foreach (string choice in (string[])["fast", "accurate", "auto"])
        {
            int since = site.Subscriber.Count;
            string command = Jinja.Render(
                [
                    new(
                        Text(select, "command_template"),
                        Value: choice,
                        Attributes: await AttributesAsync(site, select)
                    ),
                ],
                DateTimeOffset.UtcNow
            )[0];
            long rev = JsonNode.Parse(command)!["rev"]!.GetValue<long>();

            await site.Subscriber.PublishAsync(Text(select, "command_topic"), command);

            await site.WaitAsync(
                Site.Detections("plaza"),
                message =>
                    message["net"]!["rev"]?.GetValue<long>() == rev
                    && (
                        choice == "auto" || message["net"]!["profile"]!.GetValue<string>() == choice
                    ),
                Patience,
                since
            );
            await site.WaitAsync(
                Text(select, "state_topic"),
                reported => reported["rev_applied"]?.GetValue<long>() == rev,
                Patience,
                since
            );
            Assert.Equal(choice, await StateAsync(site, select));
        }
    }

    [Fact]
    public async Task A_camera_that_is_taken_out_of_the_configuration_is_taken_out_of_home_assistant()
    {
        await using Site site = await StartAsync(
            ("plaza", videos.Clip),
            ("mirrored", videos.Mirrored)
        );
        JsonObject before = (await KeptAsync(site)).AsObject();
        int since = site.Subscriber.Count;

        await site.RestartAgentAsync("plaza");

        Received announcement = await site.WaitAsync(Announcement, _ => true, Patience, since);
        JsonObject after = announcement.Json["components"]!.AsObject();
        Assert.Equal(
            before.Select(entity => entity.Key).Order(),
            after.Select(entity => entity.Key).Order()
        );
        foreach ((string id, JsonNode? entity) in after)
        {
            bool isGone = id.StartsWith("camera_mirrored_", StringComparison.Ordinal);
            Assert.Equal(
                isGone ? ["platform"] : before[id]!.AsObject().Select(key => key.Key),
                entity!.AsObject().Select(key => key.Key)
            );
            Assert.Equal(Text(before[id]!, "platform"), Text(entity, "platform"));
        }

        Assert.Equal(after.ToJsonString(), (await KeptAsync(site)).ToJsonString());
    }

    private static Task<Site> StartAsync(params (string Id, string File)[] cameras) =>
        Site.StartAsync(cameras, [], settings: "home_assistant.enabled=true");

    /// <summary>The components of the announcement that the broker keeps, as a Home Assistant that connects now gets it.</summary>
    private static async Task<JsonNode> KeptAsync(Site site)
    {
        await using MqttRecorder assistant = await MqttRecorder.ConnectAsync(site.Broker.Port);
        Received announcement = await assistant.WaitAsync(Announcement, _ => true, Patience);
        Assert.True(announcement.Retained);
        Assert.Empty(
            DiscoveryCheck.Problems(
                System.Text.Json.JsonDocument.Parse(announcement.Payload).RootElement
            )
        );
        return announcement.Json["components"]!;
    }

    private static Task PressAsync(Site site, JsonNode button) =>
        site.Subscriber.PublishAsync(Text(button, "command_topic"), Text(button, "payload_press"));

    /// <summary>The state of an entity that is available.</summary>
    private static async Task<string> StateAsync(Site site, JsonNode entity)
    {
        string message = await LastAsync(site, Text(entity, "state_topic"));
        List<TemplateCase> cases = [new(Text(entity, "value_template"), message)];
        if (entity["availability_topic"]?.GetValue<string>() is { } topic)
        {
            cases.Add(new(Text(entity, "availability_template"), await LastAsync(site, topic)));
        }

        string[] rendered = Jinja.Render(cases);
        Assert.All(rendered.Skip(1), available => Assert.Equal("online", available));
        return rendered[0];
    }

    private static async Task<double> NumberAsync(Site site, JsonNode entity) =>
        double.Parse(await StateAsync(site, entity), CultureInfo.InvariantCulture);

    private static async Task<string> AttributesAsync(Site site, JsonNode entity) =>
        Jinja.Render([
            new(
                Text(entity, "json_attributes_template"),
                await LastAsync(site, Text(entity, "json_attributes_topic"))
            ),
        ])[0];

    private static async Task<string> LastAsync(Site site, string topic)
    {
        await site.WaitAsync(topic, _ => true, Patience);
        return site.Subscriber.Messages(topic)[^1].Json.ToJsonString();
    }

    private static string Text(JsonNode entity, string key) => entity[key]!.GetValue<string>();
}

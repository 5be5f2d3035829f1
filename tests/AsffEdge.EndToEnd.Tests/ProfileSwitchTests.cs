using System.Text;
using System.Text.Json.Nodes;
using AsffEdge.EndToEnd.Tests.Fixtures;

namespace AsffEdge.EndToEnd.Tests;

/// <summary>The input size is switched from outside while frames flow.</summary>
public sealed class ProfileSwitchTests(Videos videos)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_profile_set_command_is_answered_and_changes_the_size()
    {
        await using Site site = await Site.StartAsync(("plaza", videos.Clip));
        int before = DetectionMessage.Size(
            site.Subscriber.Messages(Site.Detections("plaza"))[0].Json
        );
        Assert.NotEqual(320, before);
        byte[] correlation = Encoding.ASCII.GetBytes("switch-1");
        int since = site.Subscriber.Count;

        await site.Subscriber.RequestAsync(
            Site.AgentTopic("commands/profile.set"),
            Site.AgentTopic("replies/tests"),
            correlation,
            new JsonObject
            {
                ["v"] = 1,
                ["rev"] = 3,
                ["profile"] = "fast",
            }
        );

        Received done = await site.WaitAsync(
            Site.AgentTopic("replies/tests"),
            reply => reply["state"]!.GetValue<string>() is "done" or "failed",
            Patience,
            since
        );
        Assert.Equal(correlation, done.Correlation);
        Assert.True(done.Json["ok"]!.GetValue<bool>(), done.Json.ToJsonString());
        Assert.Equal("ok", done.Json["code"]!.GetValue<string>());
        Assert.Equal(3, done.Json["rev"]!.GetValue<long>());
        await site.WaitAsync(
            Site.Detections("plaza"),
            message =>
                DetectionMessage.Size(message) == 320
                && message["net"]!["profile"]!.GetValue<string>() == "fast",
            Patience,
            since
        );
    }

    [Fact]
    public async Task A_retained_desired_document_is_applied_and_reported()
    {
        await using Site site = await Site.StartAsync(("plaza", videos.Clip));
        int since = site.Subscriber.Count;

        await site.Subscriber.PublishAsync(
            Site.AgentTopic("desired"),
            new JsonObject
            {
                ["v"] = 1,
                ["rev"] = 42,
                ["issued"] = DateTimeOffset.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'"),
                ["by"] = "ops@hq",
                ["profile"] = "small",
                ["cameras"] = new JsonObject(),
                ["profiles"] = new JsonObject { ["small"] = new JsonObject { ["size"] = 352 } },
                ["policy"] = new JsonObject { ["settle_s"] = 2 },
            },
            retain: true
        );

        Received reported = await site.WaitAsync(
            Site.AgentTopic("reported"),
            report =>
                report["rev_seen"]?.GetValue<long>() == 42
                && report["state"]!.GetValue<string>() != "pending",
            Patience,
            since
        );
        Assert.Equal("applied", reported.Json["state"]!.GetValue<string>());
        Assert.Equal(42, reported.Json["rev_applied"]!.GetValue<long>());
        await site.WaitAsync(
            Site.Detections("plaza"),
            message =>
                DetectionMessage.Size(message) == 352
                && message["net"]!["rev"]?.GetValue<long>() == 42,
            Patience,
            since
        );
    }

    [Fact]
    public async Task A_desired_document_with_a_bad_size_is_rejected_and_changes_nothing()
    {
        await using Site site = await Site.StartAsync(("plaza", videos.Clip));
        int before = DetectionMessage.Size(
            site.Subscriber.Messages(Site.Detections("plaza"))[0].Json
        );
        int since = site.Subscriber.Count;

        await site.Subscriber.PublishAsync(
            Site.AgentTopic("desired"),
            new JsonObject
            {
                ["v"] = 1,
                ["rev"] = 7,
                ["profile"] = "small",
                ["profiles"] = new JsonObject { ["small"] = new JsonObject { ["size"] = 321 } },
            },
            retain: true
        );

        Received reported = await site.WaitAsync(
            Site.AgentTopic("reported"),
            report => report["state"]!.GetValue<string>() == "rejected",
            Patience,
            since
        );
        Assert.Equal("bad_size", reported.Json["code"]!.GetValue<string>());
        IReadOnlyList<Received> later = await site.WaitAsync(
            Site.Detections("plaza"),
            5,
            _ => true,
            Patience,
            site.Subscriber.Count
        );
        Assert.All(later, message => Assert.Equal(before, DetectionMessage.Size(message.Json)));
    }
}

using System.Text.Json.Nodes;
using AsffEdge.Detection;
using AsffEdge.EndToEnd.Tests.Fixtures;

namespace AsffEdge.EndToEnd.Tests;

/// <summary>What an outside subscriber sees while the agent watches cameras.</summary>
public sealed class DetectionsTests(Videos videos)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Two_cameras_are_published_side_by_side()
    {
        await using Site site = await Site.StartAsync(
            ("plaza", videos.Clip),
            ("dock", videos.Mirrored)
        );

        foreach (
            (string camera, int width, int height) in new[]
            {
                ("plaza", 768, 576),
                ("dock", 640, 480),
            }
        )
        {
            IReadOnlyList<Received> messages = await site.WaitAsync(
                Site.Detections(camera),
                20,
                _ => true,
                Patience
            );
            long previous = 0;
            foreach (JsonNode message in messages.Select(message => message.Json))
            {
                Assert.Equal(1, message["v"]!.GetValue<int>());
                Assert.Equal("frame", message["type"]!.GetValue<string>());
                Assert.Equal(Site.AgentId, message["agent"]!.GetValue<string>());
                Assert.Equal(camera, message["camera"]!.GetValue<string>());
                Assert.Equal(width, message["frame"]!["width"]!.GetValue<int>());
                Assert.Equal(height, message["frame"]!["height"]!.GetValue<int>());
                long sequence = message["seq"]!.GetValue<long>();
                Assert.True(sequence > previous, $"seq {sequence} came after {previous}");
                previous = sequence;
                Assert.All(
                    DetectionMessage.Boxes(message),
                    box =>
                    {
                        Assert.InRange(box.Left, 0, 1);
                        Assert.InRange(box.Top, 0, 1);
                        Assert.InRange(box.Right, box.Left, 1.00002f);
                        Assert.InRange(box.Bottom, box.Top, 1.00002f);
                    }
                );
            }
            TimeSpan age = DateTimeOffset.UtcNow - DetectionMessage.Time(messages[^1].Json);
            Assert.InRange(age, TimeSpan.FromSeconds(-2), TimeSpan.FromSeconds(10));
            Assert.Equal(
                "online",
                (await site.WaitAsync(Site.CameraTopic(camera, "status"), IsOnline, Patience)).Json[
                    "state"
                ]!.GetValue<string>()
            );
        }
    }

    [Fact]
    public async Task Boxes_match_the_labels_of_the_clip()
    {
        Assert.SkipWhen(
            TestPaths.ClipLabels is null,
            "the clip's labels are not part of the repository: name their file in ASFF_CLIP_LABELS"
        );
        ClipLabels labels = ClipLabels.Read(TestPaths.ClipLabels);
        await using Site site = await Site.StartAsync(
            [("plaza", videos.Unseen)],
            broken: [],
            profile: "accurate"
        );

        IReadOnlyList<Received> messages = await site.WaitAsync(
            Site.Detections("plaza"),
            60,
            _ => true,
            Patience
        );
        // Of the first connection only: after it the video starts again.
        JsonNode[] frames =
        [
            .. messages
                .Select(message => message.Json)
                .Where(frame => frame["stream"]!.GetValue<int>() == 1),
        ];
        BoxAgreement best = new ClipPass(frames, labels, Videos.FirstUnseen).Agreement;

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{best}: recall {best.Recall:0.000}, precision {best.Precision:0.000}"
        );
        Assert.True(best.Labelled >= 100, $"too few labelled people to judge by: {best}");
        Assert.True(best.Recall >= 0.8, $"people were missed: {best}");
        Assert.True(best.Precision >= 0.8, $"people were found where none are: {best}");
    }

    [Fact]
    public async Task The_command_line_client_of_mosquitto_sees_detections()
    {
        await using Site site = await Site.StartAsync(("plaza", videos.Clip));

        (int code, string output, string error) = await ChildProcess.RunAsync(
            Patience,
            "mosquitto_sub",
            [
                .. $"-h 127.0.0.1 -p {site.Broker.Port} -C 5 -W 20".Split(' '),
                .. new[] { "-t", "asff-edge/v1/agents/+/cameras/+/detections", "-F", "%t %p" },
            ]
        );

        Assert.True(code == 0, $"mosquitto_sub ended with {code}: {error}");
        string[] lines = output.Split('\n');
        Assert.Equal(5, lines.Length);
        Assert.All(
            lines,
            line =>
            {
                string[] parts = line.Split(' ', 2);
                Assert.Equal(Site.Detections("plaza"), parts[0]);
                Assert.NotNull(JsonNode.Parse(parts[1])!["detections"]);
            }
        );
    }

    private static bool IsOnline(JsonNode status) =>
        status["state"]!.GetValue<string>() == "online";
}

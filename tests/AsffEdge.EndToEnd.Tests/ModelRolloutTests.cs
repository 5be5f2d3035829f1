using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using AsffEdge.Detection;
using AsffEdge.Detection.Tests;
using AsffEdge.EndToEnd.Tests.Fixtures;

namespace AsffEdge.EndToEnd.Tests;

/// <summary>A fleet's manager hands a second model to an agent that watches a street, with the tool that is shipped.</summary>
public sealed class ModelRolloutTests(Videos videos) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_file_is_pushed_through_the_broker_used_and_taken_back()
    {
        await using Site site = await Site.StartAsync(("plaza", videos.Clip));
        string next = Stamp("1.0.1");

        (int code, string output, string error) = await FleetAsync(
            site,
            [
                "push",
                next,
                "--chunk-bytes",
                "98304",
                "--shadow",
                "15",
                "--min-agreement",
                "0.9",
                "--settle",
                "5",
            ]
        );

        Assert.True(code == 0, $"{output}\n{error}\n{site.Agent.Log}");
        JsonNode models = await ModelsAsync(site, "settled");
        Assert.Equal("1.0.1", models["current"]!["version"]!.GetValue<string>());
        Assert.True(models["change"]!["shadow"]!["frames"]!.GetValue<int>() > 0);
        await FrameAsync(site, "1.0.1");
        AssertNoFrameIsLost(site);
        Assert.Empty(Directory.GetFiles(Path.Combine(site.StateFolder, "models", "incoming")));

        // What the broker kept for the agents is gone again.
        await using MqttRecorder late = await MqttRecorder.ConnectAsync(
            site.Broker.Port,
            "asff-edge/v1/models/#"
        );
        int since = site.Subscriber.Count;
        (code, output, error) = await FleetAsync(site, ["rollback"]);
        Assert.True(code == 0, $"{output}\n{error}");
        await ModelsAsync(site, "rolled_back", since);
        await FrameAsync(site, "1.0.0", site.Subscriber.Count);
        Assert.Equal(0, late.Count);
        AssertNoFrameIsLost(site);
    }

    [Fact]
    public async Task From_an_address_it_is_fetched_although_the_connection_breaks_and_put_to_use_in_two_seconds()
    {
        await using Site site = await Site.StartAsync(("plaza", videos.Clip));
        byte[] file = File.ReadAllBytes(Stamp("1.0.1"));
        string sha256 = Convert.ToHexStringLower(SHA256.HashData(file));

        // Where it may come from, the agent says: the broker's host, as nothing else is configured; and by that name alone.
        using FileServer server = new(file, cuts: 2..3);
        (int code, string output, string error) = await FleetAsync(
            site,
            ["push", server.Url.Replace("127.0.0.1", "localhost", StringComparison.Ordinal)]
        );
        Assert.Equal(1, code);
        Assert.Contains("gate-07: failed: bad_source", output, StringComparison.Ordinal);
        Assert.Contains("neither model.sources nor", output, StringComparison.Ordinal);

        // The tool reads it first, to know its hash; then the agent does, and its connection breaks once.
        (code, output, error) = await FleetAsync(site, ["push", server.Url, "--stage-only"]);
        Assert.True(code == 0, $"{output}\n{error}\n{site.Agent.Log}");
        long[] asked = [.. server.Asked];
        Assert.Equal([0, 0, 0], asked[..3]);
        Assert.InRange(Assert.Single(asked[3..]), 1, file.Length - 1);

        int since = site.Subscriber.Count;
        Stopwatch elapsed = Stopwatch.StartNew();
        Task<JsonNode> activated = RequestAsync(
            site,
            "model.activate",
            new JsonObject
            {
                ["v"] = 1,
                ["sha256"] = sha256,
                ["shadow_s"] = 0,
                ["settle_s"] = 2,
            }
        );
        await FrameAsync(site, "1.0.1", since);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"from the command to the first frame with the new model: {elapsed.Elapsed.TotalMilliseconds:F0} ms; the agent says {(await activated)["took_ms"]} ms"
        );
        Assert.True((await activated)["ok"]!.GetValue<bool>());
        AssertNoFrameIsLost(site);
        await ModelsAsync(site, "settled", since);
    }

    [Fact]
    public async Task An_agent_that_is_killed_goes_on_with_a_model_that_works_and_says_what_became_of_the_other()
    {
        await using Site site = await Site.StartAsync(("plaza", videos.Clip));
        byte[] file = File.ReadAllBytes(Stamp("1.0.1"));
        string sha256 = Convert.ToHexStringLower(SHA256.HashData(file));
        JsonObject stage = new()
        {
            ["v"] = 1,
            ["sha256"] = sha256,
            ["size"] = file.Length,
        };

        // Half of its parts are there, so that it is in the middle when it is killed.
        const int Chunk = 64 * 1024;
        await PublishAsync(site, sha256, [.. file.Chunk(Chunk).Take(file.Length / Chunk / 2)]);
        await site.Subscriber.PublishAsync(Site.AgentTopic("commands/model.stage"), stage);
        string part = Path.Combine(site.StateFolder, "models", "incoming", $"{sha256}.part");
        await UntilAsync(() => File.Exists(part) && new FileInfo(part).Length > 0);
        int since = site.Subscriber.Count;
        await site.KillAndRestartAgentAsync();
        JsonNode models = await ModelsAsync(site, "failed", since);
        Assert.Equal("not_fetched", models["change"]!["code"]!.GetValue<string>());
        Assert.Equal("1.0.0", models["current"]!["version"]!.GetValue<string>());
        long kept = new FileInfo(part).Length;
        Assert.InRange(kept, Chunk, file.Length - 1);

        await PublishAsync(site, sha256, [.. file.Chunk(Chunk)]);
        JsonNode staged = await RequestAsync(site, "model.stage", stage);
        Assert.True(staged["ok"]!.GetValue<bool>(), staged.ToJsonString());

        JsonNode done = await RequestAsync(
            site,
            "model.activate",
            new JsonObject
            {
                ["v"] = 1,
                ["sha256"] = sha256,
                ["shadow_s"] = 0,
                ["settle_s"] = 600,
            }
        );
        Assert.True(done["ok"]!.GetValue<bool>(), done.ToJsonString());
        await ModelsAsync(site, "settling");
        foreach (string version in new[] { "1.0.1", "1.0.1", "1.0.0" })
        {
            since = site.Subscriber.Count;
            await site.KillAndRestartAgentAsync();
            Received first = site.Subscriber.Messages(Site.Detections("plaza"), since)[^1];
            Assert.Equal(version, first.Json["net"]!["version"]!.GetValue<string>());
        }

        models = await ModelsAsync(site, "rolled_back", since);
        Assert.Contains(
            "3 times",
            models["change"]!["detail"]!.GetValue<string>(),
            StringComparison.Ordinal
        );
    }

    /// <summary>The demo's model under another version.</summary>
    private string Stamp(string version)
    {
        string path = Path.Combine(_folder.Path, $"{version}.onnx");
        File.Copy(TestPaths.Model, path);
        ModelManifest manifest = ModelContent.Read(path).Manifest with { Version = version };
        ColourCells.Reseal(path, new() { [ModelManifest.MetadataKey] = manifest.ToJson() });
        return path;
    }

    private static Task<(int ExitCode, string Output, string Error)> FleetAsync(
        Site site,
        IEnumerable<string> arguments
    ) =>
        ChildProcess.RunAsync(
            Patience,
            TestPaths.FleetProgram,
            [
                "model",
                .. arguments,
                "--agent",
                Site.AgentId,
                "--yes",
                "--broker",
                $"127.0.0.1:{site.Broker.Port}",
            ]
        );

    private static async Task PublishAsync(Site site, string sha256, byte[][] chunks)
    {
        foreach ((int index, byte[] chunk) in chunks.Index())
        {
            await site.Subscriber.PublishAsync($"asff-edge/v1/models/{sha256}/{index}", chunk);
        }
    }

    private static async Task<JsonNode> RequestAsync(Site site, string command, JsonObject body)
    {
        string who = $"replies/{Guid.NewGuid()}";
        await site.Subscriber.RequestAsync(
            Site.AgentTopic($"commands/{command}"),
            Site.AgentTopic(who),
            Encoding.ASCII.GetBytes(who),
            body
        );
        Received reply = await site.WaitAsync(
            Site.AgentTopic(who),
            reply => reply["state"]!.GetValue<string>() != "accepted",
            Patience
        );
        return reply.Json;
    }

    private static async Task<JsonNode> ModelsAsync(Site site, string state, int since = 0)
    {
        Received report = await site.WaitAsync(
            Site.AgentTopic("models"),
            models => models["change"]?["state"]!.GetValue<string>() == state,
            Patience,
            since
        );
        return report.Json;
    }

    private static Task<Received> FrameAsync(Site site, string version, int since = 0) =>
        site.WaitAsync(
            Site.Detections("plaza"),
            frame => frame["net"]!["version"]!.GetValue<string>() == version,
            Patience,
            since
        );

    // Every inferred frame has a message; frames that became too old are counted in them.
    private static void AssertNoFrameIsLost(Site site)
    {
        long[] numbers =
        [
            .. site
                .Subscriber.Messages(Site.Detections("plaza"))
                .Select(frame => frame.Json["seq"]!.GetValue<long>()),
        ];
        Assert.Equal(numbers.Length, numbers[^1] - numbers[0] + 1);
    }

    private static async Task UntilAsync(Func<bool> isSo)
    {
        for (Stopwatch waited = Stopwatch.StartNew(); !isSo(); )
        {
            Assert.True(waited.Elapsed < Patience, "it did not come to that");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }
}

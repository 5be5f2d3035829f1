using System.Runtime.Versioning;
using AsffEdge.Agent.Footage;
using AsffEdge.Agent.Tests.Hosting;
using AsffEdge.Agent.Tests.Telemetry;
using AsffEdge.Agent.Tests.Web;
using AsffEdge.Messaging;
using AsffEdge.Tests.Brokers;

namespace AsffEdge.Agent.Tests.Footage.Upload;

/// <summary>Whole agents that collect as fast as they may and send to nginx. <c>ASFF_KILL_ROUNDS</c> says how often one is killed.</summary>
[SupportedOSPlatform("linux")]
[Trait("Category", "System")]
public sealed class UploadingAgentTests : IDisposable
{
    private readonly TemporaryFolder _state = new();
    private readonly TestVideo _video = new();
    private readonly Random _random = new(12);

    public UploadingAgentTests() => Assert.SkipUnless(NginxServer.IsThere, NginxServer.Needs);

    public void Dispose()
    {
        _video.Dispose();
        _state.Dispose();
    }

    [Fact]
    public async Task What_is_collected_is_sent_and_told_in_health_and_metrics()
    {
        using NginxServer server = new();
        int port = TestBroker.FreePort();
        using AgentProcess agent = NewAgent(
            server,
            0,
            "web.enabled=true",
            $"web.port={port}",
            "footage.upload.every_s=1"
        );
        using AgentWeb web = new(port);

        (_, HealthMessage health) = await web.WaitAsync(
            health =>
                health.Footage?.Upload is { Packs: > 1, State: "idle" }
                && health.Footage.Pictures < health.Footage.Kept.Values.Sum(),
            () => agent.Errors
        );
        PrometheusText metrics = await web.ScrapeAsync();

        FootageUploadHealth upload = health.Footage!.Upload!;
        Assert.Equal((0L, null), (upload.Failures, upload.Problem));
        Assert.NotNull(upload.LastSuccess);
        Assert.InRange(
            metrics.Value("asff_edge_footage_kept_total", ("policy", "interval")),
            1,
            double.PositiveInfinity
        );
        Assert.InRange(
            metrics.Value("asff_edge_footage_upload_packs_total"),
            upload.Packs,
            double.PositiveInfinity
        );
        Assert.InRange(
            metrics.Value("asff_edge_footage_upload_last_success_time_seconds"),
            DateTimeOffset.UtcNow.ToUnixTimeSeconds() - 60,
            DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 1
        );
        Assert.NotEmpty(UploadFixture.PicturesIn(server.Folder));
    }

    [Fact]
    public async Task After_every_kill_each_picture_is_on_the_device_or_on_the_server()
    {
        int rounds = int.Parse(
            Environment.GetEnvironmentVariable("ASFF_KILL_ROUNDS") ?? "3",
            System.Globalization.CultureInfo.InvariantCulture
        );
        using NginxServer server = new();
        string root = FootageStore.RootOf(_state.Path);
        HashSet<string> seen = [];
        for (int round = 0; round < rounds; round++)
        {
            using AgentProcess agent = NewAgent(
                server,
                round,
                "footage.upload.every_s=1",
                "footage.upload.kb_per_s=300"
            );
            int sent = Directory.GetFiles(server.Folder).Length;
            await WriterFixture.UntilAsync(
                () =>
                {
                    seen.UnionWith(StoreFixture.NamesIn(root));
                    return Directory.GetFiles(server.Folder).Length > sent;
                },
                $"round {round}: a pack is sent\n{agent.Errors}"
            );
            long end = Environment.TickCount64 + _random.Next(600);
            while (Environment.TickCount64 < end)
            {
                seen.UnionWith(StoreFixture.NamesIn(root));
                await Task.Delay(10, TestContext.Current.CancellationToken);
            }

            agent.Kill();
            await agent.WaitAsync();
            HashSet<string> known =
            [
                .. StoreFixture.NamesIn(root),
                .. UploadFixture.PicturesIn(server.Folder),
            ];
            Assert.All(seen, name => Assert.Contains(name, known));
        }

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{rounds} kills, {seen.Count} pictures, {Directory.GetFiles(server.Folder).Length} packs"
        );
        Assert.InRange(seen.Count, rounds, int.MaxValue);
    }

    private AgentProcess NewAgent(NginxServer server, int round, params string[] settings) =>
        new(
            1,
            [
                .. KeenCollector.Settings(_state.Path, _video, round),
                $"footage.upload.url={server.Url}",
                $"footage.upload.username={NginxServer.User}",
                .. settings,
            ],
            environment: new Dictionary<string, string>
            {
                ["ASFF_EDGE__FOOTAGE__UPLOAD__PASSWORD"] = NginxServer.Password,
            }
        );
}

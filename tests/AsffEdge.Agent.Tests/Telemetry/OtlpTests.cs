using System.Runtime.Versioning;
using AsffEdge.Agent.Tests.Brokers;
using AsffEdge.Agent.Tests.Hosting;
using AsffEdge.Tests.Brokers;

namespace AsffEdge.Agent.Tests.Telemetry;

/// <summary>Metrics sent to a collector.</summary>
[SupportedOSPlatform("linux")]
[Trait("Category", "System")]
public sealed class OtlpTests
{
    private const int NoBroker = 1;

    [Theory]
    [InlineData("http", "/v1/metrics")]
    [InlineData("grpc", "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export")]
    public async Task A_collector_gets_the_metrics_with_the_agents_id_and_the_headers(
        string protocol,
        string path
    )
    {
        int port = TestBroker.FreePort();
        await using OtlpReceiver collector = await OtlpReceiver.StartAsync(
            port,
            protocol == "grpc"
        );
        using AgentProcess agent = new(
            NoBroker,
            [
                $"telemetry.otlp.endpoint=http://127.0.0.1:{port}",
                $"telemetry.otlp.protocol={protocol}",
                "telemetry.otlp.interval_s=1",
            ],
            environment: new Dictionary<string, string>
            {
                ["ASFF_EDGE__TELEMETRY__OTLP__HEADERS"] = "x-token=t0ken",
            }
        );

        OtlpReport report = await collector.WaitAsync(
            report => report.Units.ContainsKey("asff_edge.stage.duration"),
            () => agent.Errors
        );

        Assert.Equal(path, report.Path);
        Assert.Equal("t0ken", report.Headers["x-token"]);
        Assert.Equal("asff-edge", report.Resource["service.name"]);
        Assert.Equal(RunningAgent.Id, report.Resource["service.instance.id"]);
        Assert.Equal("s", report.Units["asff_edge.stage.duration"]);
        Assert.Equal("{frame}", report.Units["asff_edge.camera.frames.inferred"]);
        Assert.Contains("dotnet.gc.collections", report.Units.Keys);
    }

    [Fact]
    public async Task A_collector_that_is_away_is_said_once_each_way_and_holds_nothing_up()
    {
        int port = TestBroker.FreePort();
        using AgentProcess agent = new(
            NoBroker,
            [$"telemetry.otlp.endpoint=http://127.0.0.1:{port}", "telemetry.otlp.interval_s=1"]
        );
        await WaitForAsync(agent, "Metrics cannot be sent to");

        await using (OtlpReceiver collector = await OtlpReceiver.StartAsync(port))
        {
            await WaitForAsync(agent, "Metrics are sent to");
        }

        await Task.Delay(2500, TestContext.Current.CancellationToken);
        agent.Terminate();
        Assert.Equal(0, await agent.WaitAsync());
        Assert.Equal(2, agent.Errors.Split("Metrics cannot be sent to").Length - 1);
    }

    private static async Task WaitForAsync(AgentProcess agent, string text)
    {
        for (int waited = 0; !agent.Errors.Contains(text, StringComparison.Ordinal); waited++)
        {
            Assert.True(waited < 600, agent.Errors);
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }
}

using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Text.Json;
using AsffEdge.Agent.Tests.Brokers;
using AsffEdge.Agent.Tests.Hosting;
using AsffEdge.Agent.Tests.Telemetry;
using AsffEdge.Messaging;
using AsffEdge.Tests.Brokers;

namespace AsffEdge.Agent.Tests.Web;

/// <summary>What a running agent answers, and what it says of itself over the broker at the same time.</summary>
[SupportedOSPlatform("linux")]
[Trait("Category", "System")]
public sealed class WebServiceTests : IAsyncLifetime
{
    private const string Agent = $"asff-edge/v1/agents/{RunningAgent.Id}";

    private readonly Mosquitto _broker = new();
    private readonly int _port = TestBroker.FreePort();

    private string[] Web => ["web.enabled=true", $"web.port={_port}"];

    public async ValueTask InitializeAsync() => await _broker.StartAsync();

    public ValueTask DisposeAsync() => _broker.DisposeAsync();

    [Fact]
    public async Task Metrics_count_what_the_agent_does_under_names_and_labels_as_Prometheus_wants_them()
    {
        using AgentProcess agent = new(_broker.Port, Web);
        using AgentWeb client = new(_port);
        await client.WaitAsync(
            health => health is { State: HealthState.Ok, Published: > 10 },
            () => agent.Errors
        );

        PrometheusText metrics = await client.ScrapeAsync();

        (string, string) camera = ("camera", "dock-1");
        double inferred = metrics.Value("asff_edge_camera_frames_inferred_total", camera);
        Assert.True(inferred > 10);
        Assert.True(metrics.Value("asff_edge_camera_frames_decoded_total", camera) >= inferred);
        // The metrics of a scrape are not of one moment.
        PrometheusText next = await client.ScrapeAsync();
        foreach (
            string stage in (string[])["wait", "preprocess", "inference", "postprocess", "total"]
        )
        {
            Assert.InRange(
                next.Value("asff_edge_stage_duration_seconds_count", camera, ("stage", stage)),
                inferred,
                double.MaxValue
            );
            Assert.InRange(
                metrics.Value("asff_edge_stage_duration_seconds_count", camera, ("stage", stage)),
                1,
                next.Value("asff_edge_camera_frames_inferred_total", camera) + 1
            );
        }

        Assert.True(
            metrics.Value("asff_edge_stage_duration_seconds_sum", camera, ("stage", "publish")) > 0
        );
        Assert.Equal(1, metrics.Value("asff_edge_camera_state", camera, ("state", "online")));
        Assert.Equal(0, metrics.Value("asff_edge_camera_state", camera, ("state", "offline")));
        Assert.Equal(1, metrics.Value("asff_edge_camera_profile", camera, ("profile", "fast")));
        Assert.Equal(320, metrics.Value("asff_edge_camera_input_size_pixels", camera));
        Assert.Equal(
            0,
            metrics.Value("asff_edge_camera_failures_total", camera, ("reason", "refused"))
        );
        Assert.Equal(1, metrics.Value("asff_edge_mqtt_connected"));
        Assert.Equal(1, metrics.Value("asff_edge_mqtt_connections_total"));
        Assert.InRange(metrics.Value("asff_edge_mqtt_acknowledgement_age_seconds"), 0, 20);
        Assert.True(metrics.Value("asff_edge_detections_published_total") > 10);
        Assert.Equal(1, metrics.Value("asff_edge_health_state", ("state", "ok")));
        Assert.Equal(0, metrics.Value("asff_edge_health_reasons", ("code", "camera_offline")));
        Assert.Equal(10, metrics.Value("asff_edge_inference_deadline_seconds"));
        Assert.Equal(1, metrics.Value("asff_edge_build_info", ("provider", "cpu")));
        Assert.True(metrics.Value("dotnet_process_memory_working_set_bytes") > 10e6);
        Assert.All(
            metrics.Types,
            type =>
            {
                Assert.Matches("^(asff_edge|dotnet|target)_[a-z0-9_]+$", type.Key);
                Assert.Equal(
                    type.Value == "counter",
                    type.Key.EndsWith("_total", StringComparison.Ordinal)
                );
            }
        );
        // However long it runs: nothing that grows, and nothing that names a machine or a person.
        Assert.All(
            metrics.Samples.SelectMany(sample => sample.Labels.Keys).Distinct(),
            label =>
                Assert.Contains(
                    label,
                    (string[])
                        [
                            "camera",
                            "stage",
                            "le",
                            "state",
                            "profile",
                            "reason",
                            "code",
                            "version",
                            "provider",
                            "model",
                            "model_version",
                            "gc_heap_generation",
                            "cpu_mode",
                            "service_name",
                            "service_instance_id",
                        ]
                )
        );
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{metrics.Samples.Count} samples with one camera"
        );
    }

    [Fact]
    public async Task What_is_wrong_is_said_with_what_to_do_until_it_is_right_again()
    {
        using Observer observer = await Observer.ConnectAsync(_broker.Port);
        using AgentProcess agent = new(
            _broker.Port,
            [.. Web, "cameras.1.id=yard", "cameras.1.source=/nowhere/yard.avi"]
        );
        using AgentWeb client = new(_port);

        (HttpStatusCode status, HealthMessage health) = await client.WaitAsync(
            health => health.Reasons!.Any(reason => reason.Code == HealthCode.CameraError),
            () => agent.Errors
        );
        // It does its work: whoever restarts what is not well must leave it alone.
        Assert.Equal((HttpStatusCode.OK, HealthState.Degraded), (status, health.State));
        HealthReason reason = Assert.Single(
            health.Reasons!,
            reason => reason.Code == HealthCode.CameraError
        );
        Assert.Equal("yard", reason.Camera);
        Assert.Contains("/nowhere/yard.avi", reason.Detail, StringComparison.Ordinal);
        Assert.NotEmpty(reason.Advice);

        HealthMessage told = await observer.WaitForAsync(
            $"{Agent}/health",
            MessageJson.Wire.HealthMessage,
            health => health.State == HealthState.Degraded
        );
        Assert.Equal(reason.Code, Assert.Single(told.Reasons!).Code);

        // What only the device itself can tell.
        await _broker.StopAsync();
        (status, _) = await client.WaitAsync(
            health =>
                health.Reasons!.Any(reason =>
                    reason.Code == HealthCode.BrokerUnreachable
                    && reason.Detail.EndsWith("(refused)", StringComparison.Ordinal)
                ),
            () => agent.Errors
        );
        Assert.Equal(HttpStatusCode.OK, status);
        PrometheusText metrics = await client.ScrapeAsync();
        Assert.Equal(0, metrics.Value("asff_edge_mqtt_connected"));
        Assert.Equal(1, metrics.Value("asff_edge_health_reasons", ("code", "broker_unreachable")));
        Assert.Equal(1, metrics.Value("asff_edge_health_state", ("state", "degraded")));
        Assert.Equal(
            1,
            metrics.Value(
                "asff_edge_camera_failures_total",
                ("camera", "yard"),
                ("reason", "not_found")
            ),
            tolerance: 20
        );

        await _broker.StartAsync();
        await client.WaitAsync(
            health => health.Reasons!.All(reason => reason.Code == HealthCode.CameraError),
            () => agent.Errors
        );
    }

    [Fact]
    public async Task A_path_that_is_not_there_says_which_are()
    {
        using AgentProcess agent = new(_broker.Port, Web);
        using AgentWeb client = new(_port);
        await client.WaitAsync(_ => true, () => agent.Errors);

        (HttpStatusCode status, string body) = await client.GetAsync("/");

        Assert.Equal(HttpStatusCode.NotFound, status);
        Assert.Equal("There are /healthz and /metrics.\n", body);
        agent.Terminate();
        Assert.Equal(0, await agent.WaitAsync());
    }

    [Fact]
    public async Task That_other_machines_can_ask_is_warned_about()
    {
        using AgentProcess agent = new(
            _broker.Port,
            [.. Web, "web.address=0.0.0.0", "web.allow_remote=true"]
        );
        using AgentWeb client = new(_port);
        await client.WaitAsync(_ => true, () => agent.Errors);

        // The priority of a warning in a journal.
        Assert.Contains("<4>AsffEdge.Agent.Web", agent.Errors, StringComparison.Ordinal);
        Assert.Contains(
            "web.address is 0.0.0.0: every machine that reaches it",
            agent.Errors,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_port_that_is_taken_is_said_and_the_agent_goes_on()
    {
        using Observer observer = await Observer.ConnectAsync(_broker.Port);
        using TcpListener taken = new(IPAddress.Loopback, _port);
        taken.Start();
        using AgentProcess agent = new(_broker.Port, Web);

        await observer.WaitForAsync(
            $"{Agent}/cameras/dock-1/detections",
            MessageJson.Wire.FrameMessage,
            frame => frame.Seq > 10
        );

        Assert.Contains(
            $"cannot be answered at 127.0.0.1:{_port}",
            agent.Errors,
            StringComparison.Ordinal
        );
        Assert.Contains("web.port", agent.Errors, StringComparison.Ordinal);
        agent.Terminate();
        Assert.Equal(0, await agent.WaitAsync());
    }
}

using AsffEdge.Agent.Configuration;
using AsffEdge.Control.Settings;

namespace AsffEdge.Agent.Tests.Configuration;

public sealed class EffectiveConfigurationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public EffectiveConfigurationTests() => _folder.Write("model.onnx", "");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_is_printed_loads_again_as_the_same_configuration()
    {
        AgentConfiguration configuration = Load(
            """
            agent: { id: gate-07, name: "yes", groups: [gates, north] }
            state_directory: state
            model: { path: model.onnx, providers: [cuda, cpu], threads: 2 }
            profile: slow
            profiles: { slow: { size: 352, score_threshold: 0.25, nms_threshold: 0.5, max_fps: 2.5 }, slower: { size: 320 } }
            cameras:
              - { id: a, name: "Dock: 1", source: a.avi, loop: false, real_time: false, enabled: false, profile: slow, max_fps: 5 }
              - id: b
                source: "rtsp://192.0.2.1/s"
                transport: udp
                masks: { yard: { corners: [0.1 0.5, 0.9 0.5, .5 1] } }
                zones: { yard: { corners: [0.1 0.5, 0.9 0.5, .5 1], classes: [person, "yes"] }, all: { corners: [0 0, 1 0, 1 1] } }
                lines: { gate: { ends: [0 0.25, 1 0.75] } }
            mqtt: { host: "::1", port: 1, protocol: 3.1.1, root: a/b, keep_alive_s: 9, health_interval_s: 3, detections: { enabled: true, qos: 1 }, outbox: { max_mb: 3, max_age_h: 0.5, min_free_mb: 5, drain_per_s: 7, detections: true } }
            tracking: { enabled: false, low_score: 0.05, confirm_after: 1, max_lost_s: 0.5, update_every_s: 0 }
            auto: { target_fps: 7.5, dwell_s: 20, min_profile: slow, temperature_c: { 70: slow, 82.5: slower }, schedule: { "22:00-06:00": slow } }
            home_assistant: { enabled: true, prefix: ha/test, classes: [person, car] }
            web: { enabled: false, address: "0.0.0.0", port: 9000, allow_remote: true }
            telemetry: { otlp: { endpoint: "https://collector.local:4318/otlp", protocol: grpc, interval_s: 5 } }
            logging: { level: debug, format: json }
            """
        );

        string yaml = EffectiveConfiguration.ToYaml(configuration);

        Assert.Equivalent(configuration, Load(yaml), strict: true);
        Assert.Equal(yaml, EffectiveConfiguration.ToYaml(Load(yaml)));
    }

    [Fact]
    public void Secrets_are_masked()
    {
        Dictionary<string, string> environment = new()
        {
            ["ASFF_EDGE__MQTT__PASSWORD"] = "hunter2",
            ["ASFF_EDGE__TELEMETRY__OTLP__HEADERS"] = "authorization=Bearer hunter2",
        };
        AgentConfiguration configuration = ConfigurationLoader.Load(
            _folder.Write(
                "agent.yaml",
                """
                model: { path: model.onnx }
                mqtt: { username: joe }
                cameras: [{ id: a, source: "rtsp://admin:pa/ss@word@192.0.2.1/s" }]
                """
            ),
            environment,
            []
        );

        string yaml = EffectiveConfiguration.ToYaml(configuration);

        Assert.Equal("hunter2", configuration.Mqtt.Password);
        Assert.DoesNotContain("hunter2", yaml, StringComparison.Ordinal);
        Assert.DoesNotContain("admin", yaml, StringComparison.Ordinal);
        Assert.DoesNotContain(
            "word",
            yaml.Replace("password", "", StringComparison.Ordinal),
            StringComparison.Ordinal
        );
        Assert.Contains("source: rtsp://***@192.0.2.1/s", yaml, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("rtsp://192.0.2.1/s", "rtsp://192.0.2.1/s")]
    [InlineData("rtsp://u:p@192.0.2.1/s", "rtsp://***@192.0.2.1/s")]
    [InlineData("rtsp://u:p@q@192.0.2.1/s", "rtsp://***@192.0.2.1/s")]
    [InlineData("rtsp://192.0.2.1/s?channel=1&password=p", "rtsp://192.0.2.1/s?***")]
    [InlineData("/videos/a@b.avi", "/videos/a@b.avi")]
    public void Only_what_may_be_a_secret_in_an_address_is_masked(string address, string shown) =>
        Assert.Equal(shown, Secrets.MaskAddress(address));

    private AgentConfiguration Load(string yaml) =>
        ConfigurationLoader.Load(
            _folder.Write("agent.yaml", yaml),
            new Dictionary<string, string>(),
            []
        );
}

using AsffEdge.Agent.Configuration;
using AsffEdge.Control.Settings;

namespace AsffEdge.Agent.Tests.Configuration;

public sealed class ConfigurationLoaderTests : IDisposable
{
    private static readonly Dictionary<string, string> NoEnvironment = [];

    private readonly TemporaryFolder _folder = new();

    public ConfigurationLoaderTests() => _folder.Write("model.onnx", "");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_least_configuration_gets_defaults_for_all_the_rest()
    {
        AgentConfiguration configuration = Load(
            """
            model: { path: model.onnx }
            cameras: [{ id: dock-1, source: "rtsp://192.0.2.1/s" }]
            """
        );

        Assert.Equal("balanced", configuration.Profile);
        Assert.Equal(
            [("fast", 320), ("balanced", 416), ("accurate", 608), ("max", 800)],
            configuration.Profiles.Select(profile => (profile.Key, profile.Value.Size))
        );
        Assert.Equal("/var/lib/asff-edge", configuration.StateDirectory);
        Assert.Equal(["cpu"], configuration.Model.Providers);
        Assert.Equal(new MqttOptions(), configuration.Mqtt);
        Assert.Equal("information", configuration.Logging.Level);
        Assert.Equal(
            new CameraOptions { Id = "dock-1", Source = "rtsp://192.0.2.1/s" },
            Assert.Single(configuration.Cameras)
        );
        Assert.Matches("^[a-z0-9-]{1,48}$", configuration.Agent.Id);
    }

    [Theory]
    [InlineData(
        "web: { address: 0.0.0.0 }",
        "web.address is '0.0.0.0', where other machines can ask"
    )]
    [InlineData("web: { address: \"::\" }", "web.address is '::', where other machines can ask")]
    [InlineData(
        "web: { address: localhost }",
        "web.address is 'localhost'; allowed: an IP address"
    )]
    [InlineData("web: { port: 0 }", "web.port is '0'; allowed: a whole number from 1 to 65535")]
    [InlineData(
        "telemetry: { otlp: { endpoint: collector.local:4318 } }",
        "telemetry.otlp.endpoint is no address that can be used"
    )]
    [InlineData(
        "telemetry: { otlp: { endpoint: \"http://u:hunter2@collector.local\" } }",
        "telemetry.otlp.endpoint is no address that can be used"
    )]
    [InlineData(
        "telemetry: { otlp: { headers: \"a=hunter2\" } }",
        "telemetry.otlp.headers holds a secret and does not belong here"
    )]
    [InlineData("telemetry: { otlp: { headers_file: none.txt } }", "and there is no such file")]
    [InlineData("logging: { format: xml }", "logging.format is 'xml'")]
    public void Where_health_and_metrics_go_is_checked(string section, string problem)
    {
        ConfigurationException error = Assert.Throws<ConfigurationException>(() =>
            Load($"{Minimal}\n{section}")
        );

        Assert.Contains(problem, Assert.Single(error.Problems), StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("127.0.0.1", false)]
    [InlineData("127.8.8.8", false)]
    [InlineData("::1", false)]
    [InlineData("0.0.0.0", true)]
    [InlineData("192.0.2.5", true)]
    public void Health_and_metrics_may_be_asked_for_here_or_from_everywhere_when_it_is_said(
        string address,
        bool allowRemote
    )
    {
        AgentConfiguration configuration = Load(
            $"{Minimal}\nweb: {{ address: \"{address}\", allow_remote: {(allowRemote ? "true" : "false")} }}"
        );

        Assert.Equal(address, configuration.Web.Address);
    }

    [Fact]
    public void The_environment_is_stronger_than_the_file_and_the_command_line_than_both()
    {
        string yaml = Minimal + "\nmqtt: { host: file, port: 1, root: file }";
        Dictionary<string, string> environment = new()
        {
            ["ASFF_EDGE__MQTT__HOST"] = "environment",
            ["ASFF_EDGE__MQTT__PORT"] = "2",
            ["ASFF_EDGE__MODEL__PROVIDERS"] = "cuda, cpu",
            ["OTHER__MQTT__ROOT"] = "other",
        };

        AgentConfiguration configuration = Load(
            yaml,
            environment,
            "mqtt.port=3",
            "cameras.0.name=Dock=1"
        );

        Assert.Equal("environment", configuration.Mqtt.Host);
        Assert.Equal(3, configuration.Mqtt.Port);
        Assert.Equal("file", configuration.Mqtt.Root);
        Assert.Equal(["cuda", "cpu"], configuration.Model.Providers);
        Assert.Equal("Dock=1", configuration.Cameras[0].Name);
    }

    [Fact]
    public void Sections_and_cameras_may_come_from_the_environment_alone()
    {
        Dictionary<string, string> environment = new()
        {
            ["ASFF_EDGE__MODEL__PATH"] = Path.Combine(_folder.Path, "model.onnx"),
            ["ASFF_EDGE__CAMERAS__0__ID"] = "yard",
            ["ASFF_EDGE__CAMERAS__0__SOURCE"] = "/dev/video0",
        };

        AgentConfiguration configuration = Load("cameras: []", environment);

        Assert.Equal("yard", Assert.Single(configuration.Cameras).Id);
    }

    [Fact]
    public void Paths_in_the_file_are_relative_to_the_files_folder()
    {
        AgentConfiguration configuration = Load(
            """
            model: { path: ./model.onnx }
            state_directory: ../state
            cameras:
              - { id: a, source: clips/a.avi }
              - { id: b, source: /dev/video2 }
            """
        );

        Assert.Equal(Path.Combine(_folder.Path, "model.onnx"), configuration.Model.Path);
        Assert.Equal(
            Path.Combine(Path.GetDirectoryName(_folder.Path)!, "state"),
            configuration.StateDirectory
        );
        Assert.Equal(Path.Combine(_folder.Path, "clips/a.avi"), configuration.Cameras[0].Source);
        Assert.Equal("/dev/video2", configuration.Cameras[1].Source);
    }

    [Fact]
    public void Systemd_says_where_state_goes_unless_the_file_does()
    {
        Dictionary<string, string> environment = new()
        {
            ["STATE_DIRECTORY"] = "/var/lib/private/x",
        };

        Assert.Equal("/var/lib/private/x", Load(Minimal, environment).StateDirectory);
        Assert.Equal("/srv", Load(Minimal + "\nstate_directory: /srv", environment).StateDirectory);
    }

    [Theory]
    [InlineData(
        "mqtt: { hots: x }",
        "agent.yaml:3: mqtt.hots is unknown; did you mean 'host'? Allowed: "
    )]
    [InlineData("mqttt: {}", "agent.yaml:3: mqttt is unknown; did you mean 'mqtt'?")]
    [InlineData(
        "profile: fats",
        "agent.yaml:3: profile is 'fats'; did you mean 'fast'? Allowed: fast, balanced, accurate, max, auto"
    )]
    [InlineData(
        "profiles: { a: { size: 321 } }",
        "agent.yaml:3: profiles.a.size is '321'; allowed: multiples of 32 from 320 to 800"
    )]
    [InlineData("profiles: { a: { size: 0 } }", "profiles.a.size is '0'")]
    [InlineData("profiles: { a: { size: 4096 } }", "profiles.a.size is '4096'")]
    [InlineData("profiles: { a: { size: NaN } }", "profiles.a.size is 'NaN'")]
    [InlineData("profiles: { a: { size: big } }", "profiles.a.size is 'big'")]
    [InlineData("profiles: { a: {} }", "profiles.a.size is missing")]
    [InlineData(
        "profiles: { A_b: { size: 320 } }",
        "profiles.A_b is no name; allowed: 1 to 48 of a-z, 0-9 and '-'"
    )]
    [InlineData("profiles: {}", "profiles is empty")]
    [InlineData(
        "profiles: { auto: { size: 320 } }",
        "profiles names one 'auto'; the name is reserved"
    )]
    [InlineData(
        "profiles: { a: { size: 320, score_threshold: 1.1 } }",
        "profiles.a.score_threshold is '1.1'; allowed: a number from 0 to 1"
    )]
    [InlineData(
        "agent: { id: Gate 7 }",
        "agent.id is 'Gate 7'; allowed: 1 to 48 of a-z, 0-9 and '-'"
    )]
    [InlineData("agent: { groups: gates }", "agent.groups must be a list")]
    [InlineData("agent: { groups: [Gates] }", "agent.groups holds 'Gates'")]
    [InlineData(
        "mqtt: { port: 70000 }",
        "mqtt.port is '70000'; allowed: a whole number from 1 to 65535"
    )]
    [InlineData("mqtt: { port: 1.5 }", "mqtt.port is '1.5'")]
    [InlineData(
        "mqtt: { host: 'mqtt://x:1' }",
        "mqtt.host is 'mqtt://x:1'; allowed: a host name or an address, without scheme and port"
    )]
    [InlineData("mqtt: { root: 'a/#' }", "mqtt.root is 'a/#'")]
    [InlineData("home_assistant: { prefix: '' }", "home_assistant.prefix is ''")]
    [InlineData("home_assistant: { enabled: on }", "home_assistant.enabled is 'on'")]
    [InlineData("mqtt: { tls: yes }", "mqtt.tls must be a section")]
    [InlineData(
        "mqtt: { tls: { enabled: yes } }",
        "mqtt.tls.enabled is 'yes'; allowed: true, false"
    )]
    [InlineData(
        "mqtt: { tls: { enabled: true, ca_file: /none.pem } }",
        "mqtt.tls.ca_file is '/none.pem', and there is no such file"
    )]
    [InlineData(
        "mqtt: { tls: { ca_file: model.onnx } }",
        "mqtt.tls.enabled is false, but there are certificates"
    )]
    [InlineData(
        "mqtt: { tls: { enabled: true, key_file: model.onnx } }",
        "mqtt.tls.certificate_file is missing"
    )]
    [InlineData("mqtt: { protocol: 4 }", "mqtt.protocol is '4'")]
    [InlineData("mqtt: { detections: { qos: 2 } }", "mqtt.detections.qos is '2'")]
    [InlineData(
        "mqtt: { username: joe, password: secret }",
        "mqtt.password is a secret and does not belong here"
    )]
    [InlineData(
        "mqtt: { password_file: model.onnx }",
        "mqtt.username is missing, but there is a password"
    )]
    [InlineData("tracking: { low_score: 0 }", "tracking.low_score is '0'")]
    [InlineData("tracking: { confirm_after: 0 }", "tracking.confirm_after is '0'")]
    [InlineData(
        "tracking: { max_lost: 2 }",
        "tracking.max_lost is unknown; did you mean 'max_lost_s'?"
    )]
    [InlineData("mqtt: { outbox: { max_mb: 0 } }", "mqtt.outbox.max_mb is '0'")]
    [InlineData(
        "mqtt: { outbox: { detections: true } }",
        "mqtt.outbox.detections is true, but detections without acknowledgement cannot be kept"
    )]
    [InlineData("logging: { level: verbose }", "logging.level is 'verbose'")]
    [InlineData("logging: [a]", "logging must be a section")]
    [InlineData("profile: [a]", "profile must be a single value")]
    [InlineData("mqtt: { host: a, host: b }", "agent.yaml:3: 'host' is there twice")]
    public void Whatever_is_wrong_is_named_with_its_place(string yaml, string expected)
    {
        IReadOnlyList<string> problems = Problems($"{Minimal}\n{yaml}");

        Assert.Contains(problems, problem => problem.Contains(expected, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(
        "model: { path: none.onnx }",
        "agent.yaml:1: model.path is '",
        "and there is no such file"
    )]
    [InlineData("model: {}", "model.path is missing", "")]
    [InlineData(
        "model: { path: model.onnx, providers: [gpu] }",
        "model.providers holds 'gpu'",
        "cpu, cuda, tensorrt"
    )]
    [InlineData(
        "model: { path: model.onnx, threads: -1 }",
        "model.threads is '-1'",
        "from 0 to 256"
    )]
    [InlineData(
        "model: { path: model.onnx, sources: [models.example.com] }",
        "agent.yaml:1: model.sources holds 'models.example.com'",
        "addresses such as https://models.example.com/"
    )]
    [InlineData(
        "model: { path: model.onnx, sources: ['https://me:secret@models.example.com/'] }",
        "model.sources holds 'https://***@models.example.com/'",
        "without user and parameters"
    )]
    public void A_model_must_be_there(string model, string expected, string allowed)
    {
        string problem = Assert.Single(
            Problems(model + "\ncameras: [{ id: a, source: /dev/video0 }]")
        );

        Assert.Contains(expected, problem, StringComparison.Ordinal);
        Assert.Contains(allowed, problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        "cameras: [{ id: a, source: a.avi, zones: { dock: {} } }]",
        "cameras.0.zones.dock.corners is missing; expected 3 to 64, such as [0.1 0.2, 0.9 0.2, 0.5 1]"
    )]
    [InlineData(
        "cameras: [{ id: a, source: a.avi, zones: { dock: { corners: [0 0, 1 1] } } }]",
        "cameras.0.zones.dock.corners has 2; allowed: 3 to 64"
    )]
    [InlineData(
        "cameras: [{ id: a, source: a.avi, zones: { dock: { corners: [0 0, 1.5 0, 1 1] } } }]",
        "cameras.0.zones.dock.corners holds '1.5 0'; allowed in it: 'x y', two fractions of the picture from 0 to 1"
    )]
    [InlineData(
        "cameras: [{ id: a, source: a.avi, zones: { dock: { corners: [0 0, 0.5 0.5, 1 1] } } }]",
        "cameras.0.zones.dock.corners enclose nothing"
    )]
    [InlineData(
        "cameras: [{ id: a, source: a.avi, zones: { Dock: { corners: [0 0, 1 0, 1 1] } } }]",
        "cameras.0.zones.Dock is no name"
    )]
    [InlineData(
        "cameras: [{ id: a, source: a.avi, zones: { dock: { corner: [0 0, 1 0, 1 1] } } }]",
        "cameras.0.zones.dock.corner is unknown; did you mean 'corners'?"
    )]
    [InlineData(
        "cameras: [{ id: a, source: a.avi, lines: { gate: { ends: [0 0, 1 0, 1 1] } } }]",
        "cameras.0.lines.gate.ends has 3; allowed: 2"
    )]
    [InlineData(
        "cameras: [{ id: a, source: a.avi, lines: { gate: { ends: [0 0, 0 0] } } }]",
        "cameras.0.lines.gate.ends are one point"
    )]
    [InlineData("cameras: []", "cameras has 0 entries; allowed: 1 to 64")]
    [InlineData("cameras: [{ id: a }]", "cameras.0.source is missing")]
    [InlineData("cameras: [{ source: a.avi }]", "cameras.0.id is missing")]
    [InlineData(
        "cameras: [{ id: a, source: 'http://x' }]",
        "cameras.0.source is 'http://x'; allowed: an rtsp://"
    )]
    [InlineData(
        "cameras: [{ id: a, source: a }, { id: a, source: b }]",
        "cameras.1.id is 'a', as of another camera"
    )]
    [InlineData(
        "cameras: [{ id: a, source: a, profile: fats }]",
        "cameras.0.profile is 'fats'; did you mean 'fast'?"
    )]
    [InlineData("cameras: [{ id: a, source: a, max_fps: 0 }]", "cameras.0.max_fps is '0'")]
    [InlineData(
        "cameras: [{ id: a, source: a, transport: tpc }]",
        "cameras.0.transport is 'tpc'; did you mean 'tcp'?"
    )]
    [InlineData(
        "cameras: [{ id: a, source: a, masks: { yard: {} } }]",
        "cameras.0.masks.yard.corners is missing; expected 3 to 64"
    )]
    [InlineData(
        "cameras: [{ id: a, source: a, masks: { yard: { corners: [0 0, 1.5 0, 1 1] } } }]",
        "cameras.0.masks.yard.corners holds '1.5 0'; allowed in it: 'x y', two fractions of the picture from 0 to 1"
    )]
    [InlineData(
        "cameras: [{ id: a, source: a, mask: { yard: { corners: [0 0, 1 0, 1 1] } } }]",
        "cameras.0.mask is unknown; did you mean 'masks'?"
    )]
    [InlineData("cameras: [dock]", "cameras.0 must be a section")]
    [InlineData("cameras: dock", "cameras must be a list")]
    public void Cameras_are_checked_one_by_one(string cameras, string expected)
    {
        IReadOnlyList<string> problems = Problems("model: { path: model.onnx }\n" + cameras);

        Assert.Contains(problems, problem => problem.Contains(expected, StringComparison.Ordinal));
    }

    [Fact]
    public void All_problems_are_listed_together_each_with_its_line()
    {
        IReadOnlyList<string> problems = Problems(
            """
            model:
              path: model.onnx
              treads: 2
            profile: fast
            cameras:
              - id: UP
                source: a.avi
            loging: {}
            """
        );

        Assert.Equal(3, problems.Count);
        Assert.Contains(
            problems,
            problem => problem.StartsWith("agent.yaml:3: model.treads", StringComparison.Ordinal)
        );
        Assert.Contains(
            problems,
            problem => problem.StartsWith("agent.yaml:6: cameras.0.id", StringComparison.Ordinal)
        );
        Assert.Contains(
            problems,
            problem => problem.StartsWith("agent.yaml:8: loging", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void Problems_of_the_environment_and_the_command_line_name_where_they_come_from()
    {
        Dictionary<string, string> environment = new() { ["ASFF_EDGE__MQTT__HOTS"] = "x" };

        ConfigurationException error = Assert.Throws<ConfigurationException>(() =>
            Load(
                Minimal,
                environment,
                "mqtt.port=none",
                "nonsense",
                "cameras.7.id=a",
                "mqtt.password=x"
            )
        );

        Assert.Contains(
            "environment variable ASFF_EDGE__MQTT__HOTS: mqtt.hots is unknown",
            error.Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "--set mqtt.port: mqtt.port is 'none'",
            error.Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "--set nonsense: expected key=value",
            error.Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "--set cameras.7.id: '7' is no entry of 'cameras'; allowed: 0 to 1",
            error.Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "--set mqtt.password: mqtt.password is a secret",
            error.Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("a: [b\nc: d", "not valid YAML")]
    [InlineData("a: &x [*x]", "aliases are not supported")]
    [InlineData("- a", "expected keys and values at the top level")]
    [InlineData("a: 1\n---\nb: 2", "a second document")]
    [InlineData("? [a]\n: b", "a key must be plain text")]
    [InlineData(
        "a: {b: {c: {d: {e: {f: {g: {h: {i: {j: {k: {l: {m: {n: {o: {p: {q: {r: 1}}}}}}}}}}}}}}}}}}",
        "nested too deeply"
    )]
    public void What_is_no_yaml_of_ours_is_refused(string yaml, string expected)
    {
        string problem = Assert.Single(Problems(yaml));

        Assert.StartsWith("agent.yaml:", problem, StringComparison.Ordinal);
        Assert.Contains(expected, problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_there_is_named()
    {
        ConfigurationException error = Assert.Throws<ConfigurationException>(() =>
            ConfigurationLoader.Load("/none/agent.yaml", NoEnvironment, [])
        );

        Assert.StartsWith(
            "/none/agent.yaml: cannot be read",
            error.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Damaged_files_end_in_problems_and_in_nothing_else()
    {
        Random random = new(20261123);
        string seed = File.ReadAllText(Path.Combine(Repository.Root, "config", "agent.yaml"));
        string[] tokens =
        [
            "{",
            "}",
            "[",
            "]",
            ":",
            "- ",
            "\t",
            "\n",
            "&a ",
            "*a",
            "!x ",
            "|",
            ">",
            "'",
            "\"",
            "%",
            "---\n",
            "\0",
            "? ",
        ];
        int problems = 0;
        int rounds = Fuzz.Rounds(300);
        for (int round = 0; round < rounds; round++)
        {
            int start = random.Next(seed.Length);
            string text = seed.Substring(
                start,
                Math.Min(random.Next(1, 1500), seed.Length - start)
            );
            for (int damage = 0; damage < 3; damage++)
            {
                text = text.Insert(
                    random.Next(text.Length + 1),
                    tokens[random.Next(tokens.Length)]
                );
            }

            problems += Problems(text).Count;
        }

        Assert.True(problems >= rounds);
    }

    private static string Minimal =>
        "model: { path: model.onnx }\ncameras: [{ id: a, source: /dev/video0 }]";

    private IReadOnlyList<string> Problems(string yaml) =>
        Assert.Throws<ConfigurationException>(() => Load(yaml)).Problems;

    private AgentConfiguration Load(string yaml) => Load(yaml, NoEnvironment);

    private AgentConfiguration Load(
        string yaml,
        Dictionary<string, string> environment,
        params string[] overrides
    ) => ConfigurationLoader.Load(_folder.Write("agent.yaml", yaml), environment, overrides);
}

using System.Runtime.Versioning;
using System.Text;
using System.Text.Json;
using AsffEdge.Agent.Tests.Brokers;
using AsffEdge.Agent.Tests.Cameras.Faults;
using AsffEdge.Agent.Tests.Commands;
using AsffEdge.Agent.Tests.Web;
using AsffEdge.Messaging;
using AsffEdge.Tests.Brokers;

namespace AsffEdge.Agent.Tests.Hosting;

/// <summary>
/// Secrets in every place where an agent takes them, errors around each of them, the log at its most talkative: none is to be read anywhere.
/// </summary>
[SupportedOSPlatform("linux")]
[Trait("Category", "System")]
public sealed class SecretsTests : IAsyncLifetime
{
    private static readonly Secret InFile = new("admin", "y4ml+S3cret!");
    private static readonly Secret InEnvironment = new("viewer", "env-S3cret");
    private static readonly Secret InParameters = new("guest", "qu3ry-S3cret");
    private static readonly Secret OfGarbage = new("noise", "n0ise-S3cret");
    private static readonly Secret OfPlaintext = new("tls", "pl4in-S3cret");
    private static readonly Secret OfNobody = new("lost", "l0st-S3cret");
    private static readonly Secret OfBroker = new(TestBroker.User, TestBroker.Password);
    private static readonly Secret InPasswordFile = new(TestBroker.User, "f1le-S3cret");
    private static readonly Secret InHeaders = new("authorization", "otlp-S3cret");

    private static readonly Secret OfUpload = new("uploader", "upl0ad-S3cret");

    private static readonly Secret[] All =
    [
        InFile,
        InEnvironment,
        InParameters,
        OfGarbage,
        OfPlaintext,
        OfNobody,
        OfBroker,
        InPasswordFile,
        InHeaders,
        OfUpload,
    ];

    private readonly Mosquitto _broker = new() { WantsCredentials = true };
    private readonly TemporaryFolder _folder = new();
    private readonly FaultRtspServer _refusing = new() { Login = ("admin", "another") };
    private readonly FaultRtspServer _live = new()
    {
        Login = (InEnvironment.User, InEnvironment.Value),
    };
    private readonly FaultRtspServer _garbage = new() { Fault = RtspFault.Garbage };
    private readonly int _port = TestBroker.FreePort();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await _broker.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _broker.DisposeAsync();
        _refusing.Dispose();
        _live.Dispose();
        _garbage.Dispose();
        _folder.Dispose();
    }

    private string[] Settings =>
        [
            "web.enabled=true",
            $"web.port={_port}",
            $"mqtt.username={TestBroker.User}",
            $"telemetry.otlp.endpoint=http://127.0.0.1:{TestBroker.FreePort()}",
            "telemetry.otlp.interval_s=1",
            "logging.level=trace",
            $"state_directory={_folder.Path}/state",
        ];

    private Dictionary<string, string> Sources =>
        new()
        {
            ["ASFF_EDGE__CAMERAS__1__ID"] = "refusing",
            ["ASFF_EDGE__CAMERAS__1__SOURCE"] = Address(_refusing.Port, InFile),
            ["ASFF_EDGE__CAMERAS__2__ID"] = "live",
            ["ASFF_EDGE__CAMERAS__2__SOURCE"] = Address(_live.Port, InEnvironment),
            ["ASFF_EDGE__CAMERAS__3__ID"] = "parameters",
            ["ASFF_EDGE__CAMERAS__3__SOURCE"] =
                $"rtsp://127.0.0.1:{TestBroker.FreePort()}/cam?user=guest&password={InParameters.Value}",
            ["ASFF_EDGE__CAMERAS__4__ID"] = "garbage",
            ["ASFF_EDGE__CAMERAS__4__SOURCE"] = Address(_garbage.Port, OfGarbage),
            ["ASFF_EDGE__CAMERAS__5__ID"] = "plaintext",
            ["ASFF_EDGE__CAMERAS__5__SOURCE"] = Address(_live.Port, OfPlaintext)
                .Replace("rtsp:", "rtsps:", StringComparison.Ordinal),
            ["ASFF_EDGE__CAMERAS__6__ID"] = "nobody",
            ["ASFF_EDGE__CAMERAS__6__SOURCE"] =
                $"rtsp://lost:{OfNobody.Value}@no-such-host.invalid/cam",
            ["ASFF_EDGE__FOOTAGE__ENABLED"] = "true",
            ["ASFF_EDGE__FOOTAGE__UPLOAD__URL"] = $"http://127.0.0.1:{TestBroker.FreePort()}/",
            ["ASFF_EDGE__FOOTAGE__UPLOAD__EVERY_S"] = "1",
            ["ASFF_EDGE__FOOTAGE__UPLOAD__USERNAME"] = OfUpload.User,
            ["ASFF_EDGE__FOOTAGE__UPLOAD__PASSWORD"] = OfUpload.Value,
            ["ASFF_EDGE__TELEMETRY__OTLP__HEADERS"] = $"authorization=Bearer {InHeaders.Value}",
        };

    [Theory]
    [InlineData("text")]
    [InlineData("json")]
    public async Task An_agent_at_work_shows_none_wherever_somebody_looks(string format)
    {
        using Observer observer = await Observer.ConnectAsync(_broker.Port, withCredentials: true);
        Dictionary<string, string> environment = new(Sources)
        {
            ["ASFF_EDGE__MQTT__PASSWORD"] = OfBroker.Value,
        };
        using AgentProcess agent = new(
            _broker.Port,
            [.. Settings, $"logging.format={format}"],
            environment: environment
        );
        using AgentWeb client = new(_port);
        await client.WaitAsync(_ => true, () => agent.Errors);
        using CommandLines commandLines = new(agent.AgentId);
        (_, HealthMessage health) = await client.WaitAsync(
            health =>
                health.Reasons!.Count(reason => reason.Camera is not null) == 5
                && health.Cameras["live"].State == "online"
                && health.Published > 10,
            () => agent.Errors
        );
        // The live one was let in with the secret, and the refusing one has heard the other.
        Assert.True(_refusing.Passwords > 0 && _live.Passwords > 0);
        await AssertSaidAsync(agent, "Metrics cannot be sent to");
        (_, string healthz) = await client.GetAsync("/healthz");
        (_, string metrics) = await client.GetAsync("/metrics");
        agent.Terminate();
        Assert.Equal(0, await agent.WaitAsync());

        Assert.Contains("***@", healthz, StringComparison.Ordinal);
        Secret.AssertNotIn("/healthz", healthz, All);
        Assert.Contains("refusing", metrics, StringComparison.Ordinal);
        Secret.AssertNotIn("/metrics", metrics, All);
        Assert.Contains(
            commandLines.Seen,
            line => line.StartsWith("ffmpeg", StringComparison.Ordinal)
        );
        Assert.All(
            commandLines.Seen,
            line => Secret.AssertNotIn($"the command line '{line}'", line, All)
        );
        Assert.Contains("***@", agent.Errors, StringComparison.Ordinal);
        Secret.AssertNotIn("standard error", agent.Errors, All);
        Assert.Contains(
            observer.Seen,
            message => Observer.Text(message).Contains("***@", StringComparison.Ordinal)
        );
        Assert.All(
            observer.Seen,
            message =>
                Secret.AssertNotIn(message.Topic, message.Topic + Observer.Text(message), All)
        );
        string[] files = Directory.GetFiles(
            Path.Combine(_folder.Path, "state"),
            "*",
            SearchOption.AllDirectories
        );
        Assert.NotEmpty(files);
        Assert.All(
            files,
            file =>
                Secret.AssertNotIn(file, Encoding.Latin1.GetString(File.ReadAllBytes(file)), All)
        );
        if (format == "json")
        {
            Assert.All(
                agent.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries),
                line => JsonDocument.Parse(line).Dispose()
            );
        }

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{agent.Errors.Length} characters of log, {observer.Seen.Count} messages, {commandLines.Seen.Count} command lines, {files.Length} files; {health.Reasons!.Count} reasons"
        );
    }

    [Theory]
    [InlineData("text")]
    [InlineData("json")]
    public async Task A_broker_that_refuses_is_told_of_without_the_password_of_the_file(
        string format
    )
    {
        string file = _folder.Write("password", InPasswordFile.Value + "\n");
        string headers = _folder.Write("headers", $"authorization=Bearer {InHeaders.Value}\n");
        using AgentProcess agent = new(
            _broker.Port,
            [
                .. Settings,
                $"logging.format={format}",
                $"mqtt.password_file={file}",
                $"telemetry.otlp.headers_file={headers}",
            ]
        );

        await AssertSaidAsync(agent, "mqtt.password_file");
        await AssertSaidAsync(agent, "Metrics cannot be sent to");
        agent.Terminate();
        await agent.WaitAsync();

        Secret.AssertNotIn("standard error", agent.Errors, All);
    }

    [Fact]
    public async Task A_key_that_cannot_be_read_and_one_that_meets_no_TLS_are_told_of_without_the_key()
    {
        using TestCertificates certificates = new(RunningAgent.Id);
        string[] lines = await File.ReadAllLinesAsync(certificates.AgentKey, Ct);
        Secret[] key =
        [
            .. lines.Where(line => !line.StartsWith('-')).Select(line => new Secret("key", line)),
        ];
        Assert.NotEmpty(key);
        string broken = _folder.Write("broken.key", string.Join('\n', lines[..^1]));

        foreach (string keyFile in (string[])[certificates.AgentKey, broken])
        {
            using AgentProcess agent = new(
                _broker.Port,
                [
                    .. Settings,
                    "mqtt.tls.enabled=true",
                    $"mqtt.tls.ca_file={certificates.Authority}",
                    $"mqtt.tls.certificate_file={certificates.Agent}",
                    $"mqtt.tls.key_file={keyFile}",
                ]
            );
            await AssertSaidAsync(agent, $"Broker 127.0.0.1:{_broker.Port}");
            agent.Terminate();
            await agent.WaitAsync();

            Secret.AssertNotIn("standard error", agent.Errors, key);
        }
    }

    [Fact]
    public async Task What_check_config_prints_and_what_it_refuses_holds_none()
    {
        string model = Path.Combine(Repository.Root, "models", "pedestrian.onnx");
        string good = _folder.Write(
            "good.yaml",
            $$"""
            model: { path: {{model}} }
            cameras:
              - { id: a, source: "{{Address(1, InFile)}}" }
              - { id: b, source: "rtsp://127.0.0.1/cam?user=guest&password={{InParameters.Value}}" }
            """
        );
        AgentProgram.Outcome printed = await AgentProgram.RunAsync(
            "check-config",
            "--config",
            good
        );
        Assert.Equal(0, printed.ExitCode);
        Assert.Contains("rtsp://***@127.0.0.1:1/cam", printed.Output, StringComparison.Ordinal);
        Secret.AssertNotIn("check-config", printed.Output + printed.Errors, All);

        string bad = _folder.Write(
            "bad.yaml",
            $$"""
            model: { path: {{model}} }
            cameras:
              - { id: a, source: "http://admin:{{InFile.Value}}@192.0.2.1/cam" }
            mqtt: { username: joe, password: {{InPasswordFile.Value}} }
            telemetry: { otlp: { endpoint: "http://u:{{InHeaders.Value}}@192.0.2.1", headers: "authorization={{InHeaders.Value}}" } }
            """
        );
        AgentProgram.Outcome refused = await AgentProgram.RunAsync("check-config", "--config", bad);
        Assert.Equal(2, refused.ExitCode);
        foreach (
            string key in (string[])
                [
                    "cameras.0.source",
                    "mqtt.password",
                    "telemetry.otlp.endpoint",
                    "telemetry.otlp.headers",
                ]
        )
        {
            Assert.Contains($": {key} ", refused.Errors, StringComparison.Ordinal);
        }

        Secret.AssertNotIn("check-config", refused.Output + refused.Errors, All);
    }

    [Theory]
    [InlineData("rtsp://viewer:env-S3cret@127.0.0.1/cam")]
    [InlineData("rtsp://127.0.0.1/cam?user=viewer&password=env-S3cret")]
    [InlineData("rtsps://127.0.0.1/cam?channel=1&pwd=env-S3cret")]
    public async Task A_password_of_a_camera_on_the_command_line_is_refused(string source)
    {
        using AgentProcess agent = new(1, [$"cameras.0.source={source}"]);

        Assert.Equal(2, await agent.WaitAsync());
        Assert.Contains("cameras.0.source", agent.Errors, StringComparison.Ordinal);
        Assert.Contains("command line", agent.Errors, StringComparison.Ordinal);
        Secret.AssertNotIn("standard error", agent.Errors, All);
    }

    private static string Address(int port, Secret secret) =>
        $"rtsp://{secret.User}:{Uri.EscapeDataString(secret.Value)}@127.0.0.1:{port}/cam";

    private static async Task AssertSaidAsync(AgentProcess agent, string text)
    {
        for (int waited = 0; !agent.Errors.Contains(text, StringComparison.Ordinal); waited++)
        {
            Assert.True(waited < 1200, $"'{text}' was not said, but:\n{agent.Errors}");
            await Task.Delay(50, Ct);
        }
    }
}

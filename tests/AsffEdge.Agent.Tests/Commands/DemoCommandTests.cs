using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using AsffEdge.Agent.Configuration;
using AsffEdge.Detection;
using AsffEdge.Detection.Tests;

namespace AsffEdge.Agent.Tests.Commands;

[Trait("Category", "System")]
public sealed partial class DemoCommandTests : IDisposable
{
    private readonly ColourCells _models = new();
    private readonly TestVideo _files = new();

    public void Dispose()
    {
        _models.Dispose();
        _files.Dispose();
    }

    [Fact]
    public async Task An_outside_subscriber_sees_its_frames_and_switches_its_profile()
    {
        CancellationToken ct = TestContext.Current.CancellationToken;
        using Process demo = AgentProgram.Start(
            "demo",
            "--config",
            WriteConfiguration(),
            "--frames",
            "80"
        );
        var lines = new List<string>();
        while (PortPattern().Match(string.Join('\n', lines)) is { Success: false })
        {
            lines.Add(
                await demo.StandardOutput.ReadLineAsync(ct)
                    ?? throw new IOException(await demo.StandardError.ReadToEndAsync(ct))
            );
        }

        string[] broker =
        [
            "-h",
            "127.0.0.1",
            "-p",
            PortPattern().Match(string.Join('\n', lines)).Groups[1].Value,
        ];
        string detections = "asff-edge/v1/agents/demo/cameras/square/detections";

        // As the demo says it: neither a version nor a client id.
        string first = await OutputOfAsync(
            "mosquitto_sub",
            [.. broker, "-t", detections, "-C", "1", "-W", "20"]
        );
        await OutputOfAsync(
            "mosquitto_pub",
            [
                .. broker,
                "-q",
                "1",
                "-t",
                "asff-edge/v1/agents/demo/commands/profile.set",
                "-m",
                """{"v":1,"rev":1,"profile":"accurate"}""",
            ]
        );
        string rest = await demo.StandardOutput.ReadToEndAsync(ct);
        await demo.WaitForExitAsync(ct);

        Assert.Equal(
            320,
            JsonElement.Parse(first).GetProperty("net").GetProperty("size").GetInt32()
        );
        Assert.True(demo.ExitCode == 0, rest);
        Assert.Contains("profile accurate (608)", rest, StringComparison.Ordinal);
        Assert.Contains("80 frames in ", rest, StringComparison.Ordinal);
    }

    [Fact]
    public void The_configuration_that_ships_is_valid()
    {
        AgentConfiguration configuration = ConfigurationLoader.Load(
            Path.Combine(Repository.Root, "config", "demo.yaml"),
            new Dictionary<string, string>(),
            [$"model.path={_models.Write()}"]
        );

        Assert.EndsWith(
            Path.Combine(".data", "vtest.avi"),
            Assert.Single(configuration.Cameras).Source,
            StringComparison.Ordinal
        );
        Assert.Equal(
            [320, 416, 608, 800],
            configuration.Profiles.Values.Select(profile => profile.Size).Order()
        );
    }

    [Fact]
    public async Task A_missing_video_is_named_at_once()
    {
        string missing = _files.PathOf("missing.avi");

        AgentProgram.Outcome outcome = await AgentProgram.RunAsync(
            "demo",
            "--config",
            WriteConfiguration(),
            "--video",
            missing
        );

        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains(missing, outcome.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_model_is_named()
    {
        string missing = _files.PathOf("missing.onnx");

        AgentProgram.Outcome outcome = await AgentProgram.RunAsync(
            "demo",
            "--config",
            WriteConfiguration(),
            "--model",
            missing
        );

        Assert.InRange(outcome.ExitCode, 1, 2);
        Assert.Contains(missing, outcome.Errors, StringComparison.Ordinal);
    }

    private string WriteConfiguration()
    {
        ModelManifest manifest = ColourCells.Manifest with
        {
            Input = ColourCells.Manifest.Input with { MinSize = 320 },
        };
        string path = _files.PathOf("demo.yaml");
        File.WriteAllText(
            path,
            $"""
            agent:
              id: demo
            model:
              path: {_models.Write(manifest.ToJson())}
              threads: 1
            profile: fast
            cameras:
              - id: square
                source: {_files.Write("clip.avi", 20, fps: 20)}
            """
        );
        return path;
    }

    private static async Task<string> OutputOfAsync(string program, string[] arguments)
    {
        using Process process = Process.Start(
            new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true }
        )!;
        string output = await process.StandardOutput.ReadToEndAsync(
            TestContext.Current.CancellationToken
        );
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);
        return output;
    }

    [GeneratedRegex(@"mosquitto_sub -h 127\.0\.0\.1 -p (\d+) ")]
    private static partial Regex PortPattern();
}

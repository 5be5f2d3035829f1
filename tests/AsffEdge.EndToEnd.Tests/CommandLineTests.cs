using AsffEdge.EndToEnd.Tests.Fixtures;

namespace AsffEdge.EndToEnd.Tests;

/// <summary>The program's exit codes and what it says, as a user meets them.</summary>
public sealed class CommandLineTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Version_and_help_end_well()
    {
        (int code, string output, _) = await AgentAsync("--version");
        Assert.Equal(0, code);
        Assert.Matches(@"^\d+\.\d+\.\d+", output);

        (code, output, _) = await AgentAsync("--help");
        Assert.Equal(0, code);
        Assert.All(
            ["run", "check-config", "model", "detect", "benchmark", "demo", "Examples:"],
            word => Assert.Contains(word, output, StringComparison.Ordinal)
        );
    }

    [Theory]
    [InlineData("run")]
    [InlineData("check-config")]
    [InlineData("detect")]
    [InlineData("benchmark")]
    [InlineData("benchmark switches")]
    [InlineData("benchmark models")]
    [InlineData("benchmark shadow")]
    [InlineData("demo")]
    public async Task Help_of_a_command_ends_well_whatever_the_command_requires(string command)
    {
        (int code, string output, string error) = await AgentAsync([
            .. command.Split(' '),
            "--help",
        ]);

        Assert.True(code == 0, error);
        Assert.Contains($"asff-edge {command}", output, StringComparison.Ordinal);
        Assert.Contains("Examples:", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_good_configuration_is_printed_as_it_is_in_force()
    {
        string file = WriteConfiguration();

        (int code, string output, string error) = await AgentAsync(
            "check-config",
            "--config",
            file
        );

        Assert.True(code == 0, error);
        Assert.Contains(Site.AgentId, output, StringComparison.Ordinal);
        Assert.Contains("balanced", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("check-config")]
    [InlineData("run")]
    public async Task A_misspelt_key_is_refused_with_its_place_and_the_nearest_name(string command)
    {
        string file = WriteConfiguration(yaml =>
            yaml.Replace("source:", "sorce:", StringComparison.Ordinal)
        );

        (int code, _, string error) = await AgentAsync(command, "--config", file);

        Assert.Equal(2, code);
        Assert.All(
            ["agent.yaml:", "sorce", "source"],
            word => Assert.Contains(word, error, StringComparison.Ordinal)
        );
    }

    [Theory]
    [InlineData("321")]
    [InlineData("288")]
    [InlineData("4096")]
    public async Task A_size_that_no_network_takes_is_refused(string size)
    {
        string file = WriteConfiguration(yaml =>
            $"{yaml}\nprofiles:\n  balanced:\n    size: {size}\n"
        );

        (int code, _, string error) = await AgentAsync("check-config", "--config", file);

        Assert.Equal(2, code);
        Assert.All(
            ["agent.yaml:", "profiles.balanced.size", size, "32", "320", "800"],
            word => Assert.Contains(word, error, StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task A_missing_configuration_file_is_named()
    {
        string file = Path.Combine(_folder.Path, "nowhere.yaml");

        (int code, _, string error) = await AgentAsync("run", "--config", file);

        Assert.Equal(2, code);
        Assert.Contains(file, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_model_is_named()
    {
        string model = Path.Combine(_folder.Path, "nowhere.onnx");

        (int code, _, string error) = await AgentAsync(
            "run",
            "--config",
            WriteConfiguration(model: model)
        );

        Assert.InRange(code, 1, 2);
        Assert.Contains(model, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_that_is_none_is_named()
    {
        string model = _folder.Write("text.onnx", "this is no model");

        (int code, _, string error) = await AgentAsync(
            "run",
            "--config",
            WriteConfiguration(model: model)
        );

        Assert.Equal(1, code);
        Assert.Contains(model, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_demo_ends_after_the_frames_it_was_asked_for()
    {
        (int code, string output, string error) = await AgentAsync("demo", "--frames", "20");

        Assert.True(code == 0, $"exit code {code}\n{output}\n{error}");
        Assert.Contains("20", output, StringComparison.Ordinal);
    }

    private static Task<(int Code, string Output, string Error)> AgentAsync(
        params string[] arguments
    ) => ChildProcess.RunAsync(Patience, TestPaths.AgentProgram, arguments);

    private string WriteConfiguration(Func<string, string>? change = null, string? model = null)
    {
        string yaml = Configuration.Yaml(
            1,
            model ?? TestPaths.Model,
            Path.Combine(_folder.Path, "state"),
            [("plaza", "rtsp://127.0.0.1:1/none")]
        );
        return _folder.Write("agent.yaml", change is null ? yaml : change(yaml));
    }
}
